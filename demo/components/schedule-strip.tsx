import { scheduleSentence } from '../cache-view/words.ts';

interface ScheduleStripProps {
  /** Left of it. */
  readonly name: string;
  /** What it is, for those who do not see it, e.g. `cond (predicted)`. */
  readonly title: string;
  /** 1 computed, 0 reused; shorter than the run where the rest is not known. */
  readonly digits: string;
  readonly steps: number;
}

/** A branch's schedule, a cell a step. */
export function ScheduleStrip({ name, title, digits, steps }: ScheduleStripProps) {
  const label = scheduleSentence(title, digits, steps);
  return (
    <div class="strip">
      <span class="strip-name" aria-hidden="true">
        {name}
      </span>
      <div class="strip-cells" role="img" aria-label={label} style={{ gridTemplateColumns: `repeat(${steps}, 1fr)` }}>
        {Array.from({ length: steps }, (_, step) => (
          <span key={step} class={kindOf(digits[step])} />
        ))}
      </div>
    </div>
  );
}

function kindOf(digit: string | undefined): string {
  if (digit === undefined) return 'unknown';
  return digit === '1' ? 'computed' : 'reused';
}
