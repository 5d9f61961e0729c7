import { afterEach, expect, test, vi } from 'vitest';
import { withArtifact, withPreset } from '../../../src/pipeline/policy-presets.ts';
import { sourceFromFiles } from '../../../src/weights/source.ts';

const ARTIFACT = { policy: 'smoothcache' };
const PRESETS = { smoothcache: { balanced: { artifact: 'a.json', threshold: 0.1 } } };
const file = Object.assign(new File([JSON.stringify(ARTIFACT)], 'a.json'), { webkitRelativePath: 'model/a.json' });

afterEach(() => vi.unstubAllGlobals());

test('a model has options for a policy; given ones win', () => {
  const given = { prompt: '', policy: 'smoothcache', policyOptions: { threshold: 0.2 } };
  expect(withPreset(given, PRESETS).policyOptions).toEqual({ artifact: 'a.json', threshold: 0.2 });
  expect(withPreset({ prompt: '' }, PRESETS)).toEqual({ prompt: '' });
  expect(withPreset(given)).toBe(given);
});

test('an artifact is read from the model, or from a URL', async () => {
  const model = sourceFromFiles([file]);
  const options = (artifact: string) => ({ policyOptions: { artifact, lookahead: 2 } });
  const read = { policyOptions: { artifact: ARTIFACT, lookahead: 2 } };
  expect(await withArtifact(options('a.json'), model)).toEqual(read);
  const fetched = vi.fn(async () => Response.json(ARTIFACT));
  vi.stubGlobal('fetch', fetched);
  expect(await withArtifact(options('https://example.org/b/a.json'), model)).toEqual(read);
  expect(fetched.mock.calls.flat().map(String)[0]).toBe('https://example.org/b/a.json');
});

test('an object is taken as it is; a path that leads nowhere is refused', async () => {
  const model = sourceFromFiles([file]);
  const given = { policyOptions: { artifact: ARTIFACT } };
  expect(await withArtifact(given, model)).toBe(given);
  await expect(withArtifact({ policyOptions: { artifact: 'b.json' } }, model)).rejects.toThrow('b.json');
});
