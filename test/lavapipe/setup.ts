/** Loads Dawn before any test file, so that modules may use `GPUBufferUsage` and its like at their top level. */
import { requestTestAdapter } from '../support/gpu-node.ts';

if (!(await requestTestAdapter())) process.env.STILLFRAME_DAWN_MISSING ??= 'Dawn found no adapter';
