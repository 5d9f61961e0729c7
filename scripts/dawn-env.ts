import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DRIVER, LAYER } from './setup/gpu-node.mjs';

const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** The variables that must be set before Dawn loads Vulkan, or why this machine has no such driver. */
export type DawnEnvironment = { env: Record<string, string> } | { missing: string };

/**
 * Points the Vulkan loader at the driver that `STILLFRAME_DAWN` names; without it at the real GPU where one is asked
 * for, else at lavapipe. Lavapipe has f16; SwiftShader, out of Chromium, has none but is about twice as fast.
 */
export function dawnEnvironment(): DawnEnvironment {
  const driver = process.env.STILLFRAME_DAWN ?? (process.env.STILLFRAME_GPU === '1' ? 'native' : 'lavapipe');
  // The loader complains where it is not set.
  const runtime = { XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir() };
  switch (driver) {
    case 'native':
      return { env: runtime };
    case 'swiftshader':
      return needs([SWIFTSHADER], { ...runtime, VK_ICD_FILENAMES: SWIFTSHADER });
    case 'lavapipe':
      return needs([DRIVER, `${LAYER}/libfeatures.so`], {
        ...runtime,
        VK_LAYER_PATH: LAYER,
        VK_INSTANCE_LAYERS: 'VK_LAYER_STILLFRAME_features',
        VK_ICD_FILENAMES: DRIVER,
      });
    default:
      throw new Error(`STILLFRAME_DAWN is '${driver}'; it may be lavapipe, swiftshader or native.`);
  }
}

function needs(files: string[], env: Record<string, string>): DawnEnvironment {
  const missing = files.find((file) => !existsSync(file));
  return missing === undefined ? { env } : { missing: `there is no ${missing} (test/lavapipe/README.md)` };
}
