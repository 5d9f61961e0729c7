import { readdirSync } from 'node:fs';
import { defineConfig } from 'vite';

/** Each page is an entry. */
const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.html'));

export default defineConfig({
  worker: { format: 'es' },
  build: { target: 'es2022', rolldownOptions: { input: pages.map((name) => `${import.meta.dirname}/${name}`) } },
});
