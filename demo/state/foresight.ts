import { computed } from '@preact/signals';
import { foresee } from '../cache-view/foresight.ts';
import { estimated, presets } from './model.ts';
import { baseValue, findPolicy } from './policies.ts';
import { example, runs } from './runs.ts';
import { settings } from './settings.ts';

/** What a run with the settings would about skip, going by runs of this model; nothing for what skips nothing anyway. */
export const foresight = computed(() => {
  const { policy, preset, policyOptions, steps } = settings.value;
  const description = findPolicy(policy);
  if (!description || description.group === 'control') return undefined;
  const model = estimated.value?.info.id;
  const all = [...(example.value ? [example.value.baseline, example.value.run] : []), ...runs.value];
  const known = all.filter((run) => run.model === model && run.report.shape.keys.length > 0);
  // One that measured every step says most; of those alike the newest.
  const best = known.toReversed().sort((a, b) => Number(b.role === 'baseline') - Number(a.role === 'baseline'));
  const options = Object.fromEntries(
    description.options.map((option) => [
      option.name,
      policyOptions[option.name] ?? baseValue(option, { policy, preset, policyOptions }, presets.value),
    ]),
  );
  return foresee(
    { name: policy, options, steps },
    best.map(({ report }) => report),
  );
});
