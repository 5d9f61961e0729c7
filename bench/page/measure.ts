import type { ReadyCommand } from '../../src/gpu/encode.ts';
import type { Gpu } from '../../src/gpu/gpu.ts';
import type { Program } from '../../src/gpu/program.ts';

/** One way to do a job, to be timed against others. */
export interface Arm {
  readonly name: string;
  /** Does the job so many times; resolves when all are done. */
  run(times: number): Promise<void>;
}

/** What one run of an arm took, in seconds, over several batches of runs. */
export interface Timing {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Runs in a batch: what is timed is a whole batch. */
  readonly batch: number;
  readonly batches: number;
}

/** A batch takes at least so long, in seconds: clocks and round trips are then small beside it. */
const BATCH_SECONDS = 0.02;

/** How often each arm is timed. */
export interface MeasureOptions {
  /** Batches of each arm; 7 by default. */
  readonly batches?: number;
}

/**
 * Times arms in turns, A B A B, so that what changes on the machine meanwhile hits all alike. Each is warmed up first,
 * and its batch made long enough.
 */
export async function measure(arms: readonly Arm[], options: MeasureOptions = {}): Promise<Timing[]> {
  const { batches = 7 } = options;
  const states = [];
  for (const arm of arms) states.push({ arm, batch: await batchSize(arm), seconds: [] as number[] });
  for (let i = 0; i < batches; i++) {
    for (const { arm, batch, seconds } of states) seconds.push((await time(arm, batch)) / batch);
  }
  return states.map(({ batch, seconds }) => {
    const sorted = seconds.sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.round(part * (batches - 1))] as number;
    return { median: at(0.5), least: at(0), most: at(1), batch, batches };
  });
}

/** Doubles a batch until it is long enough; the first run, which compiles and allocates, does not count. */
async function batchSize(arm: Arm): Promise<number> {
  await arm.run(1);
  for (let batch = 1; ; batch *= 2) {
    const seconds = await time(arm, batch);
    if (seconds >= BATCH_SECONDS) return batch;
  }
}

async function time(arm: Arm, times: number): Promise<number> {
  const start = performance.now();
  await arm.run(times);
  return (performance.now() - start) / 1000;
}

/** An arm that runs sections of a program, all runs in one submission. */
export function programArm(gpu: Gpu, name: string, program: Program, sections: readonly string[]): Arm {
  return commandsArm(gpu, name, program.commands(sections));
}

/** An arm that runs commands, all runs in one submission. */
export function commandsArm(gpu: Gpu, name: string, commands: readonly ReadyCommand[]): Arm {
  return {
    name,
    async run(times) {
      gpu.submit(name, Array.from({ length: times }, () => commands).flat());
      await gpu.idle();
    },
  };
}
