import type { AdapterFacts } from '../../cli/harness/adapter.ts';
import type { KernelResult } from './kernels/index.ts';
import type { ModelResult } from './model.ts';
import type { PeerResult, PeersRequest } from './peers.ts';
import type { ComparedRun, PolicyRequest, PolicyRun } from './policies.ts';

/** What `bench/page/main.ts` offers to the command. */
export interface BenchApi {
  adapter(): Promise<AdapterFacts>;
  kernels(): Promise<KernelResult[]>;
  model(): Promise<ModelResult>;
  peers(request: PeersRequest): Promise<PeerResult[]>;
  policyBaseline(request: PolicyRequest): Promise<PolicyRun>;
  policyRun(request: PolicyRequest): Promise<ComparedRun>;
}
