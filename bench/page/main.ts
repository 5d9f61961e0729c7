import { adapterFacts } from '../../cli/harness/adapter.ts';
import { emit, expose } from '../../cli/harness/expose.ts';
import type { BenchApi } from './api.ts';

const api: BenchApi = {
  adapter: adapterFacts,
  kernels: async () => (await import('./kernels/index.ts')).benchKernels(emit),
  model: async () => (await import('./model.ts')).benchModel(),
  peers: async (request) => (await import('./peers.ts')).benchPeers(request),
  policyBaseline: async (request) => (await import('./policies.ts')).runBaseline(request),
  policyRun: async (request) => (await import('./policies.ts')).runPolicy(request),
};
expose(api);
