import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { footerLinks } from './scripts/footer-plugin.ts';
import { models } from './scripts/models-plugin.ts';
import { wgsl } from './scripts/wgsl-plugin.ts';
import { sharedWorkers } from './scripts/worker-plugin.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The demo page: `vite` serves it, `vite build` writes `dist-demo/`, which works under any path of any static server. */
export default defineConfig({
  root: 'demo',
  base: './',
  // The page is a user of the package: it imports what anyone can.
  resolve: { alias: { 'stillframe/policies': `${root}src/policies.ts`, stillframe: `${root}src/index.ts` } },
  plugins: [wgsl(), models(root), footerLinks(root), sharedWorkers()],
  worker: { format: 'es', plugins: () => [wgsl()] },
  server: { open: mayOpenBrowser(), fs: { allow: [root] } },
  build: { outDir: '../dist-demo', emptyOutDir: true, target: 'es2022', modulePreload: false },
});

/** On Linux, opens the Chrome that set-up found, with WebGPU on and a profile of its own; elsewhere the user's browser. */
function mayOpenBrowser(): boolean {
  if (process.platform !== 'linux') return true;
  if (process.env.CHROME_PATH) {
    process.env.BROWSER ??= process.env.CHROME_PATH;
    const profile = `--user-data-dir=${tmpdir()}/stillframe-browser`;
    process.env.BROWSER_ARGS ??= `--enable-unsafe-webgpu --enable-features=Vulkan --no-first-run ${profile}`;
  }
  return Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}
