import { useId } from 'preact/hooks';
import type { OptionValue } from 'stillframe';
import type { OptionDescription } from 'stillframe/policies';
import { presets } from '../state/model.ts';
import { baseValue, toText, withOption } from '../state/policies.ts';
import { change, settings } from '../state/settings.ts';
import { OptionInputs } from './option-inputs.tsx';

interface Props {
  readonly option: OptionDescription;
}

/** An option of a policy: what it is, what it does, and the way back to what it was. */
export function OptionField({ option }: Props) {
  const helpId = useId();
  const { name, help } = option;
  const base = baseValue(option, settings.value, presets.value);
  const own = settings.value.policyOptions[name];
  const set = (value: OptionValue) => change(withOption(settings.value, option, value, presets.value));
  return (
    <div class={own === undefined ? 'option' : 'option changed'}>
      <OptionInputs option={option} value={own ?? base} helpId={helpId} onChange={set} />
      <button type="button" class="reset" disabled={own === undefined} onClick={() => set(base)}>
        Reset <span class="unseen">{name}</span>
      </button>
      <p id={helpId} class="help">
        {help} {own !== undefined && `It was ${toText(base)}.`}
      </p>
    </div>
  );
}
