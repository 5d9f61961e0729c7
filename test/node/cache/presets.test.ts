import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { configurePolicy } from '../../../src/cache/index.ts';
import { OptionError } from '../../../src/errors.ts';
import { withArtifact, withPreset } from '../../../src/pipeline/policy-presets.ts';
import { parseManifest } from '../../../src/weights/manifest.ts';
import { sourceFromFiles } from '../../../src/weights/source.ts';

const presets = {
  bwcache: { balanced: { threshold: 0.1, interval: 2 }, fast: { threshold: 0.1, interval: 4 } },
  smoothcache: { balanced: { artifact: 'a.json', threshold: 0.1 } },
};

/** What a policy's options become. */
const optionsOf = (policy: string, policyOptions?: Record<string, string | number>) =>
  withPreset({ prompt: '', policy, ...(policyOptions && { policyOptions }) }, presets).policyOptions;

describe('presets', () => {
  test('the balanced one where nothing is asked, a named one, and changes to it', () => {
    expect(optionsOf('bwcache')).toEqual(presets.bwcache.balanced);
    expect(optionsOf('bwcache', { preset: 'fast' })).toEqual(presets.bwcache.fast);
    expect(optionsOf('bwcache', { preset: 'fast', threshold: 1 })).toEqual({ threshold: 1, interval: 4 });
  });

  test("own options are over the policy's defaults, not the model's; what was calibrated for it stays", () => {
    expect(optionsOf('bwcache', { interval: 3 })).toEqual({ interval: 3 });
    expect(optionsOf('smoothcache', { threshold: 0.2 })).toEqual({ artifact: 'a.json', threshold: 0.2 });
    expect(optionsOf('none')).toEqual({});
  });

  test.each([
    ['bwcache', 'slowest', /preset is "slowest"; this model has balanced, fast for bwcache/],
    ['none', 'fast', /this model has no presets for none/],
    ['bwcache', 'toString', /preset is "toString"/],
  ])('%s has no preset %s', (policy, preset, message) => {
    expect(() => optionsOf(policy, { preset })).toThrow(OptionError);
    expect(() => optionsOf(policy, { preset })).toThrow(message);
  });

  test("the embedded model's presets are options that their policies take", async () => {
    const { models } = parseManifest(JSON.parse(await readFile('weights-manifest.json', 'utf8')));
    const all = models.flatMap((model) => Object.entries(model.presets));
    expect(all.map(([policy]) => policy)).toContain('bwcache');
    for (const [policy, byName] of all) {
      expect(byName).toHaveProperty('balanced');
      for (const { artifact: _, ...options } of Object.values(byName)) {
        expect(() => configurePolicy(policy, options)).not.toThrow();
      }
    }
  });
});

describe('artifacts', () => {
  const ARTIFACT = { policy: 'smoothcache' };
  const file = Object.assign(new File([JSON.stringify(ARTIFACT)], 'a.json'), { webkitRelativePath: 'model/a.json' });

  afterEach(() => vi.unstubAllGlobals());

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
    const refused = expect(withArtifact({ policyOptions: { artifact: 'b.json' } }, model)).rejects;
    await refused.toThrow(/^policyOptions\.artifact is "b\.json": .*Pass a path in the model's folder, a URL/);
  });
});
