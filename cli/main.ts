/**
 * The command line: `generate`, `conformance`, `calibrate` and `bench`, run in a headless browser, and `plan`, in Node.
 *
 * Exit codes: 0 done, 1 failed, 2 the command line is wrong, 130 interrupted.
 *
 * @module
 */

import { describeError, UsageError } from './errors.ts';
import { Interrupted, interruption } from './interrupt.ts';

/** A command: what it does in a line, and how to get its code, which is loaded only when it runs. */
interface Command {
  readonly summary: string;
  readonly load: () => Promise<{ run(args: readonly string[]): Promise<number> }>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  generate: { summary: 'make a video from a prompt', load: () => import('./generate.ts') },
  plan: { summary: 'say what a model takes, and whether it fits a GPU', load: () => import('./plan.ts') },
  conformance: { summary: 'compare models with recorded runs of diffusers', load: () => import('./conformance.ts') },
  calibrate: { summary: 'measure what a policy must know of a model', load: () => import('./calibrate.ts') },
  bench: { summary: 'measure kernels, the embedded model, and peers', load: () => import('../bench/command.ts') },
};

const HELP = `Usage: npm run COMMAND -- OPTIONS

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(13)}${summary}`)
  .join('\n')}

npm run COMMAND -- --help tells a command's options. STILLFRAME_GPU=1 runs on the machine's own GPU.`;

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h') {
    console.log(HELP);
    return 0;
  }
  const command = COMMANDS[name];
  if (!command) throw new UsageError(name ? `There is no command ${name}.\n\n${HELP}` : HELP);
  interruption(); // from here on, what was begun is cleared away
  try {
    return await (await command.load()).run(args);
  } catch (error) {
    if (error instanceof UsageError) error.message += `\nnpm run ${name} -- --help lists the options.`;
    throw error;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Interrupted ? error.message : describeError(error));
  process.exitCode = error instanceof Interrupted ? error.exitCode : error instanceof UsageError ? 2 : 1;
}
