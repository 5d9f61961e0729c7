import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { configurePolicy } from '../../../src/cache/index.ts';
import { OptionError } from '../../../src/errors.ts';
import { withPreset } from '../../../src/pipeline/presets.ts';
import { parseManifest } from '../../../src/weights/manifest.ts';

const presets = { bwcache: { balanced: { threshold: 0.1, interval: 2 }, fast: { threshold: 0.1, interval: 4 } } };

describe('presets', () => {
  test('the balanced one where nothing is asked, a named one, and changes to it', () => {
    expect(withPreset('bwcache', undefined, presets)).toEqual(presets.bwcache.balanced);
    expect(withPreset('bwcache', { preset: 'fast' }, presets)).toEqual(presets.bwcache.fast);
    expect(withPreset('bwcache', { preset: 'fast', threshold: 1 }, presets)).toEqual({ threshold: 1, interval: 4 });
  });

  test("own options are over the policy's defaults, not the model's", () => {
    expect(withPreset('bwcache', { interval: 3 }, presets)).toEqual({ interval: 3 });
    expect(withPreset('none', {}, presets)).toEqual({});
    expect(withPreset('bwcache')).toEqual({});
  });

  test.each([
    ['bwcache', 'slowest', /preset is "slowest"; this model has balanced, fast for bwcache/],
    ['none', 'fast', /this model has no presets for none/],
    ['bwcache', 'toString', /preset is "toString"/],
  ])('%s has no preset %s', (policy, preset, message) => {
    expect(() => withPreset(policy, { preset }, presets)).toThrow(OptionError);
    expect(() => withPreset(policy, { preset }, presets)).toThrow(message);
  });

  test("the embedded model's presets are options that their policies take", async () => {
    const { models } = parseManifest(JSON.parse(await readFile('weights-manifest.json', 'utf8')));
    const all = models.flatMap((model) => Object.entries(model.presets));
    expect(all.map(([policy]) => policy)).toContain('bwcache');
    for (const [policy, byName] of all) {
      expect(byName).toHaveProperty('balanced');
      for (const options of Object.values(byName)) expect(() => configurePolicy(policy, options)).not.toThrow();
    }
  });
});
