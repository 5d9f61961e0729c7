import { Foresight } from './foresight.tsx';
import { MoreFields } from './more-fields.tsx';
import { OptionFields } from './option-fields.tsx';
import { PolicyField } from './policy-field.tsx';
import { PresetField } from './preset-field.tsx';
import { SeedField } from './seed-field.tsx';
import { SettingField } from './setting-field.tsx';

/** How the clip is made: what a first run can leave as it is. */
export function SettingsPanel() {
  return (
    <section class="settings" aria-label="Settings">
      <PolicyField />
      <PresetField />
      <Foresight />
      <div class="numbers">
        <SeedField />
        <SettingField name="steps" />
        <SettingField name="guidanceScale" />
      </div>
      <p class="help">
        Another seed is another clip. More steps are finer and slower; more guidance keeps closer to the prompt.
      </p>
      <OptionFields />
      <MoreFields />
    </section>
  );
}
