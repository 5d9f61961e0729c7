import { defineConfig } from 'vite';
import { wgsl } from './scripts/wgsl-plugin.ts';

/** The library: ES modules in `dist/`, kernels inlined, dependencies left to the application that imports it. */
export default defineConfig({
  plugins: [wgsl()],
  publicDir: false,
  build: {
    outDir: 'dist',
    target: 'es2022',
    sourcemap: true,
    lib: { entry: { index: 'src/index.ts', policies: 'src/policies.ts' }, formats: ['es'] },
    rolldownOptions: {
      external: /^(@huggingface|@noble|mediabunny)(\/|$)/,
      output: {
        minify: true,
        // What pipeline classes share would be named after one of its files.
        chunkFileNames: ({ moduleIds }) =>
          moduleIds.some((id) => id.endsWith('/diffusion-pipeline.ts')) ? 'diffusion.js' : '[name].js',
        // Files of their own for what several share. With `index.js` in one, it and those that are loaded later would import each
        // other, and bundlers would keep them for applications that load no model.
        codeSplitting: {
          groups: [
            { name: 'core', tags: ['$initial'], minShareCount: 2, test: /src\/(?!cache\/)/, priority: 1 },
            { name: 'caching', test: /src\/cache\// },
            { name: 'kernels', test: /src\/(gpu|ops)\// },
          ],
        },
      },
    },
  },
});
