import { formatAmount } from '../format.ts';
import { sizes } from '../state/model.ts';
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
        {sizes.value.frames > 0 && <SettingField name="frames" />}
        <SettingField name="width" {...(sizes.value.square && { same: ['height'] })} />
        {!sizes.value.square && <SettingField name="height" />}
      </div>
      <p class="help">Frames and pixels. What the model was trained for looks best.</p>
    </details>
  );
}
