import type { Capabilities } from '../gpu/capabilities.ts';
import type { Recorder } from '../gpu/recorder.ts';
import type { Dtype } from '../gpu/tensor.ts';

/** What every op needs: where to record, and what the device can do. */
export interface OpContext {
  readonly recorder: Recorder;
  readonly capabilities: Capabilities;
  /**
   * How activations that only feed a matmul or an attention are stored: `f16` halves their traffic and needs
   * `shader-f16`. The residual stream and all sums are f32 either way.
   */
  readonly operands: Extract<Dtype, 'f32' | 'f16'>;
}
