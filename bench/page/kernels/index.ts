import { Gpu } from '../../../src/gpu/gpu.ts';
import type { Program } from '../../../src/gpu/program.ts';
import { measure, programArm, type Timing } from '../measure.ts';
import { attentionCases } from './attention.ts';
import { bandwidthCases } from './bandwidth.ts';
import { blockDiffCases } from './block-diff.ts';
import { CaseBuilder, type KernelCase } from './case.ts';
import { convCases } from './conv.ts';
import { matmulCases } from './matmul.ts';

/** An arm's result. */
export interface KernelResult extends Timing {
  readonly kernel: string;
  readonly shape: string;
  readonly arm: string;
  /** By the median; the one that the kernel is bound by. */
  readonly gflops?: number;
  readonly gigabytesPerSecond?: number;
}

/** Times every arm of every kernel; a wrong arm ends it. */
export async function benchKernels(onResult: (result: KernelResult) => void): Promise<KernelResult[]> {
  const gpu = await Gpu.request();
  try {
    const results: KernelResult[] = [];
    const memoryBound = [...bandwidthCases(), ...blockDiffCases(gpu.capabilities)];
    for (const kernelCase of [...matmulCases(), ...attentionCases(), ...convCases(), ...memoryBound]) {
      for (const result of await benchCase(gpu, kernelCase)) {
        results.push(result);
        onResult(result);
      }
    }
    return results;
  } finally {
    gpu.dispose();
  }
}

async function benchCase(gpu: Gpu, { kernel, shape, work, arms }: KernelCase): Promise<KernelResult[]> {
  const programs = new Map<string, Program>();
  try {
    for (const [name, record] of Object.entries(arms)) {
      programs.set(name, await new CaseBuilder(gpu).prepare(`${kernel} ${shape} ${name}`, record));
    }
    const timings = await measure([...programs].map(([name, program]) => programArm(gpu, name, program, ['run'])));
    return [...programs.keys()].map((arm, i) => {
      const timing = timings[i] as Timing;
      const rate =
        'flops' in work
          ? { gflops: work.flops / timing.median / 1e9 }
          : { gigabytesPerSecond: work.bytes / timing.median / 1e9 };
      return { kernel, shape, arm, ...rate, ...timing };
    });
  } finally {
    for (const program of programs.values()) program.dispose();
  }
}
