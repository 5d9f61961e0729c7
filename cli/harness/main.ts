import { adapterFacts } from './adapter.ts';
import type { HarnessApi } from './api.ts';
import { expose } from './expose.ts';

// Each part is loaded when it is called: a run of one needs nothing of the other.
const generation = () => import('./generate.ts').then((module) => module.generation);

const api: HarnessApi = {
  adapter: adapterFacts,
  load: async (request) => (await generation()).load(request),
  generate: async (request) => (await generation()).generate(request),
  baseline: async () => (await generation()).baseline(),
  frame: async (index) => (await generation()).frame(index),
  video: async () => (await generation()).video(),
  conformance: async (request) => (await import('./conformance.ts')).runConformance(request),
  calibrate: async (request) => (await import('./calibrate.ts')).calibrate(request),
  caching: async (request) => (await import('./conformance.ts')).runCaching(request),
  hooks: async (request) => (await import('./conformance.ts')).runHooks(request),
};
expose(api);
