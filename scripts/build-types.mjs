/**
 * Rolls the declarations of each public entry up into one file in `dist/`, so that what an entry does not export cannot
 * be imported by its path either, and makes it readable by every TypeScript from 5.5 on.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { ROOT } from './setup/system.mjs';

/** Where `tsc` writes a declaration for each source file. */
const EMITTED = join(ROOT, '.cache/types');

rmSync(EMITTED, { recursive: true, force: true });
const tsc = [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', EMITTED];
const { status } = spawnSync(process.execPath, tsc, { cwd: ROOT, stdio: 'inherit' });
if (status !== 0) process.exit(1);

const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
for (const { types } of Object.values(exports)) {
  if (types) await rollUp(join(EMITTED, types.replace('./dist/', '')), join(ROOT, types));
}

/**
 * @param {string} entry
 * @param {string} file
 */
async function rollUp(entry, file) {
  const build = await rolldown({
    input: entry,
    plugins: [dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false })],
  });
  const { output } = await build.generate();
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error(`${file} would need other files: ${others.map(({ fileName }) => fileName)}`);
  writeFileSync(file, portable(chunk.code));
}

/** @param {string} code */
function portable(code) {
  // Before 5.7 the arrays are not generic. `of` returns one with a buffer of its own in all versions, so this says the same.
  const text = code.replace(/\b(Uint8|Uint8Clamped)Array<ArrayBuffer>/g, 'ReturnType<typeof $1Array.of>');
  // TypeScript has WebGPU's types from 6 on; before, they come with @webgpu/types, or are empty. Declared twice, they merge.
  const names = [...new Set(text.match(/\bGPU[A-Z]\w*/g))].sort();
  if (names.length === 0) return text;
  return `${text}\ndeclare global {\n${names.map((name) => `  interface ${name} {}\n`).join('')}}\n`;
}
