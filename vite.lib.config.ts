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
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'index' },
    rolldownOptions: {
      external: /^(@huggingface|@noble|mediabunny)(\/|$)/,
      output: {
        minify: true,
        chunkFileNames: '[name].js',
        // What `index.js` loads at once is one file, which those that are loaded later share.
        codeSplitting: { groups: [{ name: 'core', tags: ['$initial'] }] },
      },
    },
  },
});
