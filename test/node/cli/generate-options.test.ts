import { expect, it } from 'vitest';
import { HELP, parseGenerate } from '../../../cli/generate-options.ts';

it('passes --variant on to loading, and tells of it', () => {
  const given = ['--prompt', 'a', '--out', 'clip'];
  expect(parseGenerate([...given, '--variant', 'fp16'])?.load).toMatchObject({ variant: 'fp16' });
  expect(parseGenerate(given)?.load.variant).toBeUndefined();
  expect(HELP).toMatch(/--variant NAME .*fp16/);
});

it('tells of presets', () => {
  expect(HELP).toMatch(/^Presets, by --set preset=NAME.*balanced where nothing is set/m);
  expect(HELP).toMatch(/^ {2}shapes: bwcache fast +threshold=0\.06 interval=4/m);
  expect(HELP).toMatch(/^ {2}shapes: smoothcache balanced +artifact=smoothcache-30\.json/m);
});
