/** Loads Dawn before any test file, so that modules may use `GPUBufferUsage` and its like at their top level. */
import { requestTestAdapter } from '../support/gpu-node.ts';

await requestTestAdapter();
