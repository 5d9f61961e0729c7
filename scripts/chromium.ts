/**
 * Chromium's switches for everything that drives it: tests, the command line, the dev server.
 *
 * @module
 */

const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

// What Chromium needs to take Vulkan, and not a fallback, on a Linux server; other systems need nothing.
const VULKAN = ['--enable-features=Vulkan', '--use-vulkan=native', '--use-angle=vulkan', '--ignore-gpu-blocklist'];

/**
 * @param realGpu the machine's own GPU; else SwiftShader, which every Chromium brings.
 */
export function chromiumArguments(realGpu = process.env.STILLFRAME_GPU === '1'): string[] {
  const gpu = process.platform === 'linux' ? VULKAN : [];
  const adapter = realGpu ? gpu : ['--use-webgpu-adapter=swiftshader'];
  // Linux hides WebGPU on most GPUs behind the first switch; containers rarely allow Chromium's own sandbox.
  return ['--enable-unsafe-webgpu', '--no-sandbox', ...QUIET, ...adapter];
}
