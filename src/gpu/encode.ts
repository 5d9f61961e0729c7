import type { Command, Dispatch } from './command.ts';
import type { Tensor } from './tensor.ts';

/** A dispatch ready to be encoded. */
export interface ReadyDispatch extends Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Where the GPU finds the workgroups to launch, three u32 at a byte offset, in place of `workgroups`. */
  readonly indirect?: { readonly args: Tensor; readonly offset: number };
}

/** A command with everything bound. */
export type ReadyCommand = ReadyDispatch | Exclude<Command, Dispatch>;

/** Encodes commands in order: one pass for as many dispatches as follow each other. */
export function encodeCommands(
  encoder: GPUCommandEncoder,
  commands: readonly ReadyCommand[],
  timestampWrites?: GPUComputePassTimestampWrites,
): void {
  let pass: GPUComputePassEncoder | undefined;
  for (const command of commands) {
    if (command.kind === 'dispatch') {
      pass ??= encoder.beginComputePass({ label: command.kernel.name, ...(timestampWrites && { timestampWrites }) });
      pass.setPipeline(command.pipeline);
      pass.setBindGroup(0, command.bindGroup);
      if (command.indirect) pass.dispatchWorkgroupsIndirect(command.indirect.args.buffer, command.indirect.offset);
      else pass.dispatchWorkgroups(...command.workgroups);
      continue;
    }
    pass?.end();
    pass = undefined;
    if (command.kind === 'clear') {
      encoder.clearBuffer(command.tensors[0].buffer);
    } else {
      const [from, to] = command.tensors;
      encoder.copyBufferToBuffer(from.buffer, command.fromOffset, to.buffer, command.toOffset, command.bytes);
    }
  }
  pass?.end();
}
