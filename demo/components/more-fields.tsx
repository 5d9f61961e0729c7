import { formatAmount } from '../format.ts';
import { settings } from '../state/settings.ts';
import { SettingField } from './setting-field.tsx';

/** The clip's size, which is rarely changed. */
export function MoreFields() {
  const { frames, width, height } = settings.value;
  return (
    <details class="fields">
      <summary>
        More{' '}
        <span class="help">
          {formatAmount(frames, 'frame')} of {width} × {height}
        </span>
      </summary>
      <div class="generate-numbers">
        <SettingField name="frames" />
        <SettingField name="width" />
        <SettingField name="height" />
      </div>
      <p class="help">Pixels. What the model was trained for looks best.</p>
    </details>
  );
}
