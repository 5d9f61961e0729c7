import { expect, test } from 'vitest';
import { SourceError } from '../../src/errors.ts';
import { lazy } from '../../src/lazy.ts';

test('code that comes is handed on', async () => {
  expect(await lazy('sums', Promise.resolve({ add: 1 }))).toEqual({ add: 1 });
});

test('code that does not come is a named error, with the reason and the way out', async () => {
  const missing = './no-such-module.ts';
  const error = await lazy('sums', import(/* @vite-ignore */ missing)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SourceError);
  expect(error).toHaveProperty(
    'problem',
    expect.stringMatching(/^The code for sums could not be loaded: .*no-such-module/),
  );
  expect(error).toHaveProperty('remedy', expect.stringContaining('reload the page'));
  expect(error).toHaveProperty('cause', expect.any(Error));
});
