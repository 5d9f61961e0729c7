import type { OptionInput } from 'stillframe/policies';

interface Props {
  readonly label: string;
  readonly input: Extract<OptionInput, { kind: 'number' }>;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A slider over the sensible values of a number; the field beside it takes all that are allowed. */
export function OptionSlider({ label, input, value, onChange }: Props) {
  const [least, most] = input.suggested;
  return (
    <input
      type="range"
      aria-label={`${label}, sensible values`}
      min={least}
      max={most}
      step={input.isWhole ? 1 : sliderStep(most - least)}
      value={value}
      onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
    />
  );
}

/** A power of ten that makes 50 steps or more of the span. */
function sliderStep(span: number): number {
  return 10 ** Math.floor(Math.log10(span / 50));
}
