import { formatAmount } from '../format.ts';
import { settings } from '../state/settings.ts';
import { SettingField } from './setting-field.tsx';

/** The clip's size, which is rarely changed. */
export function MoreFields() {
  const { frames, width, height } = settings.value;
  return (
    <details class="fields">
      <summary>
        Clip size{' '}
        <span class="help">
          {formatAmount(frames, 'frame')} of {width} × {height}
        </span>
      </summary>
      <div class="numbers">
        <SettingField name="frames" />
        <SettingField name="width" />
        <SettingField name="height" />
      </div>
      <p class="help">Frames and pixels. What the model was trained for looks best.</p>
    </details>
  );
}
