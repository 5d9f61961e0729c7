import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../scripts/setup/system.mjs';

// Elsewhere it would be skipped in Chromium, which has no f16 on a CPU, and lavapipe would never see it.
test('suites about f16 are in test/gpu/f16, where lavapipe runs them', async () => {
  const folder = join(ROOT, 'test/gpu');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.test.ts'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const found = names.filter((_, i) => texts[i]?.includes('describeWithF16('));
  expect(found.length).toBeGreaterThan(5);
  expect(found.filter((name) => !/^f16[\\/]/.test(name))).toEqual([]);
});
