/**
 * Video diffusion transformers in a browser tab: text to video on WebGPU, with hand-written kernels.
 *
 * @module
 */

export {
  describePolicies,
  type OptionDescription,
  type OptionInput,
  type PolicyDescription,
} from './cache/describe.ts';
export type { PolicyUse } from './cache/kind.ts';
export type { OptionValue } from './cache/options.ts';
export type { Branch, Scores } from './cache/policy.ts';
export { type Prediction, predictSchedule, type RecordedRun } from './cache/predict.ts';
export type { BlockCounts, BlockScores, ForwardEvent } from './cache/scheduler.ts';
export type { SubLayer } from './cache/step-plan.ts';
export type { SubLayerSchedule } from './cache/sub-layer-record.ts';
export {
  DeviceLostError,
  IntegrityError,
  KernelError,
  LimitError,
  NoWebGpuError,
  OptionError,
  OutOfMemoryError,
  SourceError,
  StillframeError,
  UnsupportedModelError,
  VideoEncoderError,
  WeightsError,
} from './errors.ts';
export type { Capabilities } from './gpu/capabilities.ts';
export { inspectModel } from './pipeline/inspect.ts';
export type { ModelInfo, ModelPart, SizeRules } from './pipeline/model-info.ts';
export { loadPipeline, type Pipeline } from './pipeline/pipeline.ts';
export type {
  GenerateOptions,
  LoadOptions,
  MemoryPlan,
  MemoryUse,
  ModelReference,
  Phase,
  Preview,
  PreviewOptions,
  Progress,
  PromptEmbeddings,
  Report,
  StepEvent,
} from './pipeline/types.ts';
export type { Clip } from './video/clip.ts';
export type { EncodeOptions } from './video/encode.ts';
export type { ClipComparison } from './video/metrics.ts';
export type { ManifestFile, ModelDefaults, PresetOptions } from './weights/manifest.ts';
export {
  type ByteRange,
  MissingFileError,
  type OpenedFile,
  type Origin,
  sourceFromDirectory,
  sourceFromFiles,
  sourceFromUrl,
  type UrlSourceOptions,
  type WeightSource,
} from './weights/source.ts';
export { type CacheStoreOptions, cacheStore, noStore, type WeightStore } from './weights/store.ts';
