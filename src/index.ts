/**
 * Video diffusion transformers in a browser tab: text to video on WebGPU, with hand-written kernels.
 *
 * @module
 */

export type { PolicyUse } from './cache/kind.ts';
export type { OptionValue } from './cache/options.ts';
export type { Scores } from './cache/policy.ts';
export type { BlockCounts, BlockScores, ForwardEvent, MeasuredSites, RunRecord } from './cache/run-record.ts';
export type { Branch, ForwardKey, RunShape, SubLayer } from './cache/run-shape.ts';
export type { SiteSchedule } from './cache/site-record.ts';
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
export type { DeviceDescription } from './gpu/paper-device.ts';
export type { ClipSize, SizeRules } from './pipeline/clip-size.ts';
export { inspectModel } from './pipeline/inspect.ts';
export type { ModelInfo, ModelPart, PromptKind } from './pipeline/model-info.ts';
export { loadPipeline, type Pipeline, type PipelineState } from './pipeline/pipeline.ts';
export {
  type ModelPlan,
  type PlanChanges,
  type PlannedGpu,
  type PlannedPhase,
  type PlanOptions,
  planModel,
} from './pipeline/plan-model.ts';
export type { FolderReference } from './pipeline/source-of.ts';
export type {
  GenerateOptions,
  LoadOptions,
  MemoryPlan,
  ModelParts,
  ModelReference,
  PartReference,
  Phase,
  Preview,
  PreviewOptions,
  Progress,
  PromptEmbeddings,
  ReloadOptions,
  StepEvent,
} from './pipeline/types.ts';
export type { MemoryUse, Report } from './report.ts';
export type { Clip, ReadOptions } from './video/clip.ts';
export type { EncodeOptions } from './video/encode.ts';
export type { ClipComparison } from './video/metrics.ts';
export type { ListedDefaults, ManifestFile, ModelDefaults, PresetOptions } from './weights/manifest.ts';
export type { PackagedFile, PackagedModel } from './weights/packaged.ts';
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
