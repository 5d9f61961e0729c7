import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BrowserSession } from '../cli/browser.ts';
import { UsageError } from '../cli/errors.ts';
import { parseOptions, userPath } from '../cli/options.ts';
import { ROOT } from '../scripts/setup/system.mjs';
import type { BenchApi } from './page/api.ts';
import { PARTS } from './parts.ts';
import { POLICIES_HELP, POLICIES_OPTIONS, parsePolicies } from './policies/options.ts';
import { writeResults } from './report.ts';

/** Where the peer's model is looked for. */
const ONNX_PATHS = ['.cache/shapes-transformer.onnx', '../shared/peers/shapes-transformer.onnx'].map((path) =>
  join(ROOT, path),
);

const HELP = `Usage: npm run bench -- [${Object.keys(PARTS).join('|')}]... [OPTIONS]

Measures, prints tables, and writes JSON into bench/results/. Without names every part runs but policies.

  kernels        GFLOP/s or GB/s of each kernel and its variants, checked against float64 first
  model          the embedded model: its forward, text encoding and decoding, whole and by kernel
  peers          the embedded transformer's forward here and in onnxruntime-web
  policies       speed and quality of each caching policy with the embedded model: hours on a CPU
  --onnx FILE    of peers: the transformer for onnxruntime-web, made by bench/export_onnx.py
${POLICIES_HELP}`;

/** `bench [PART...]`. @returns the exit code. @throws {UsageError | CommandError} */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals, help } = parseOptions(args, { onnx: { type: 'string' }, ...POLICIES_OPTIONS }, true);
  if (help) {
    console.log(HELP);
    return 0;
  }
  const unknown = positionals.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no part ${unknown}; there is ${Object.keys(PARTS).join(', ')}.`);
  }
  const names = positionals.length > 0 ? positionals : Object.keys(PARTS).filter((name) => name !== 'policies');
  const policies = parsePolicies(values);
  const onnx = values.onnx ? userPath(values.onnx) : (ONNX_PATHS.find(existsSync) ?? (ONNX_PATHS[0] as string));
  await using session = await BrowserSession.open<BenchApi>('bench/page/main.ts', {
    // Without it timestamps are rounded to 0.1 ms, longer than many kernels run.
    switches: ['--enable-webgpu-developer-features'],
  });
  const { name: adapter } = await session.call('adapter');
  const surroundings = { adapter, browser: session.browserVersion, date: new Date().toISOString() };
  console.log(`Adapter: ${adapter} (${surroundings.browser})`);
  for (const [name, part] of Object.entries(PARTS)) {
    if (!names.includes(name)) continue;
    console.log(`\n${name}`);
    const path = await writeResults(name, surroundings, await part({ session, onnx, policies }));
    console.log(`Written: ${path}`);
  }
  return 0;
}
