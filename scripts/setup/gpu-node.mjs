import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { aptInstall, ROOT, which } from './system.mjs';

const SOURCE = `${ROOT}/test/lavapipe`;
const PACKAGES = ['mesa-vulkan-drivers', 'libvulkan1', 'libvulkan-dev', 'gcc', 'libc6-dev'];

/** Where the compiled layer lies, and how Mesa describes lavapipe to the Vulkan loader. */
export const LAYER = `${ROOT}/.cache/lavapipe`;
export const DRIVER = `/usr/share/vulkan/icd.d/lvp_icd.${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.json`;

/** Makes Mesa's lavapipe usable by Dawn (test/lavapipe/README.md), or says what will be skipped without it. */
export function prepareLavapipe() {
  if (isReady()) return;
  const complete = hasParts() || (process.platform === 'linux' && aptInstall(PACKAGES) && hasParts());
  if (complete && compile()) return;
  console.error(
    'No lavapipe with f16: the tests of half-precision kernels will be reported as skipped.' +
      (process.platform === 'linux' ? ` They need ${PACKAGES.join(', ')} (Debian's names).` : ''),
  );
}

function isReady() {
  const built = statSync(`${LAYER}/libfeatures.so`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return built > statSync(`${SOURCE}/features.c`).mtimeMs && existsSync(DRIVER);
}

function hasParts() {
  return existsSync(DRIVER) && existsSync('/usr/include/vulkan/vk_layer.h') && which('gcc') !== undefined;
}

function compile() {
  mkdirSync(LAYER, { recursive: true });
  copyFileSync(`${SOURCE}/features.json`, `${LAYER}/features.json`);
  const words = ['-O2', '-shared', '-fPIC', '-fvisibility=hidden', '-o', `${LAYER}/libfeatures.so`];
  return spawnSync('gcc', [...words, `${SOURCE}/features.c`], { stdio: 'inherit' }).status === 0;
}
