import { expect, it } from 'vitest';
import { HELP, parseGenerate } from '../../../cli/generate-options.ts';

it('passes --variant on to loading, and tells of it', () => {
  const given = ['--prompt', 'a', '--out', 'clip'];
  expect(parseGenerate([...given, '--variant', 'fp16'])?.load).toMatchObject({ variant: 'fp16' });
  expect(parseGenerate(given)?.load.variant).toBeUndefined();
  expect(HELP).toMatch(/--variant NAME .*fp16/);
});
