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
        // One file for what `index.js` shares with files that are loaded later. With `index.js` in it, they and it would import
        // each other, and bundlers would keep them for applications that load no model.
        codeSplitting: { groups: [{ name: 'core', tags: ['$initial'], minShareCount: 2 }] },
      },
    },
  },
});
