import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const LAYER = fileURLToPath(new URL('../.cache/lavapipe', import.meta.url));

/** Which Vulkan driver Dawn in Node uses: `STILLFRAME_DAWN`, or the real GPU where one is asked for, or lavapipe. */
export type DawnDriver = 'lavapipe' | 'swiftshader' | 'native';

/** The environment that must be set before Dawn loads Vulkan, or why there is none on this machine. */
export type DawnEnvironment = { driver: DawnDriver } & ({ env: Record<string, string> } | { missing: string });

/**
 * Points the Vulkan loader at one driver. Lavapipe has f16 (through the layer that `with-setup.mjs --gpu-node` compiles);
 * SwiftShader, out of Chromium, has none but is about twice as fast.
 */
export function dawnEnvironment(): DawnEnvironment {
  const driver = chosenDriver();
  if (driver === 'native') return { driver, env: {} };
  if (driver === 'swiftshader') {
    const icd = '/usr/lib/chromium/vk_swiftshader_icd.json';
    return existsSync(icd) ? { driver, env: { VK_ICD_FILENAMES: icd } } : { driver, missing: `no ${icd}` };
  }
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const icd = `/usr/share/vulkan/icd.d/lvp_icd.${arch}.json`;
  for (const file of [icd, `${LAYER}/libfeatures.so`]) {
    if (!existsSync(file)) return { driver, missing: `no ${file}; see test/lavapipe/README.md` };
  }
  return {
    driver,
    env: {
      XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
      VK_LAYER_PATH: LAYER,
      VK_INSTANCE_LAYERS: 'VK_LAYER_STILLFRAME_features',
      VK_ICD_FILENAMES: icd,
    },
  };
}

function chosenDriver(): DawnDriver {
  const asked = process.env.STILLFRAME_DAWN ?? (process.env.STILLFRAME_GPU === '1' ? 'native' : 'lavapipe');
  if (asked === 'lavapipe' || asked === 'swiftshader' || asked === 'native') return asked;
  throw new Error(`STILLFRAME_DAWN is '${asked}'; it may be lavapipe, swiftshader or native.`);
}
