import type { OptionValue } from '../cache/options.ts';
import type { BlockScores, ForwardEvent } from '../cache/run-record.ts';
import type { PackagedModel } from '../weights/packaged.ts';
import type { WeightStore } from '../weights/store.ts';
import type { FolderReference } from './source-of.ts';

/** What a pipeline is doing. */
export type Phase = 'download' | 'compile' | 'text' | 'denoise' | 'decode';

/** How far a phase has come. */
export interface Progress {
  /** What is being done. */
  readonly phase: Phase;
  /** Bytes of a download, kernels of a compilation, denoising steps, latent frames decoded; prompts of `text`. */
  readonly loaded: number;
  /** Of how many. */
  readonly total: number;
  /** Of a download: where the last bytes came from. */
  readonly from?: 'network' | 'store' | 'disk';
}

/**
 * A model: what a package such as `stillframe-shapes` exports, an id of the manifest, a hub id, the URL of a folder in
 * diffusers' layout, files that were picked, a source, or its parts. `wan2.1` is the manifest's id; `owner/name`, or `owner/name@revision`, a hub's; another string with a slash or a
 * colon, or a dot in front, is a URL: `./wan2.1/` is a folder beside the page, and so is `wan2.1/`.
 */
export type ModelReference = PackagedModel | FolderReference | ModelParts;

/** A part of a model: a file, as a URL or picked, or a folder, of the part alone or of a whole model with it. */
export type PartReference = FolderReference | File;

/**
 * A Wan model in parts from different places: single files, also in the names of Wan's own code or of ComfyUI, need no
 * configuration beside them.
 */
export interface ModelParts {
  /** The transformer. */
  readonly transformer: PartReference;
  /** The VAE. */
  readonly vae: PartReference;
  /** Left out, prompts come as embeddings. */
  readonly textEncoder?: PartReference;
  /** `tokenizer.json`, or its folder. Default: that beside the text encoder, where that is of a whole model. */
  readonly tokenizer?: PartReference;
  /** `scheduler_config.json`, or its folder. Default: Wan 2.1's at 480p, UniPC with shift 3. */
  readonly scheduler?: PartReference;
}

/** Options of `loadPipeline`. */
export interface LoadOptions {
  /** A device of the caller's own: used as it is, and never destroyed. */
  readonly device?: GPUDevice;
  /** An adapter to make the device from. Default: the browser's high-performance one. */
  readonly adapter?: GPUAdapter;
  /** Where model ids are looked up. Default: `weights-manifest.json` beside the page. */
  readonly manifestUrl?: string | URL;
  /** Keeps downloaded weights. Default: the browser's Cache API; `noStore` for none. */
  readonly store?: WeightStore;
  /**
   * `f16` halves the memory of a checkpoint in f32 or bf16; `stored`, the default, keeps its precision: f16 for what the file has
   * in f16 or fewer bits, else f32.
   */
  readonly weights?: 'f16' | 'f32' | 'stored';
  /**
   * Which files are read where a folder has several, as diffusers' `variant`: `fp16` takes `model.fp16.safetensors`, or
   * its shards, and plain names of a part that has none. Default: plain names, or the one variant that is there.
   */
  readonly variant?: string;
  /** Half-precision matmul operands. Default: `f16` where the adapter has `shader-f16`. */
  readonly operands?: 'f32' | 'f16';
  /** Checks each submission by itself, so that a `KernelError` says which one WebGPU refused. Default: off. */
  readonly debug?: boolean;
  /**
   * Options of the first run, or as many as are known, such as its size alone; the rest are the model's defaults. Before
   * weights are read they are checked, and whether the device allows the buffers; its kernels compile meanwhile.
   */
  readonly firstRun?: GenerateOptions;
  /** Aborts: the promise rejects with `signal.reason`, and no GPU memory of it is left. */
  readonly signal?: AbortSignal;
  /** Called as phases go on. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called with things that went wrong without stopping the load, such as a full cache. */
  readonly onWarning?: (message: string) => void;
}

/** Options of `Pipeline.reload`; the rest is as it was loaded first. */
export interface ReloadOptions {
  /** A device of the caller's own. Needed when the last one was, and is lost. */
  readonly device?: GPUDevice;
  /** An adapter to make the device from. Needed, if there is no `device`, when the last one was the caller's: it makes one device. */
  readonly adapter?: GPUAdapter;
  /** Aborts: the promise rejects with `signal.reason`, no GPU memory is left, and the pipeline is disposed of. */
  readonly signal?: AbortSignal;
  /** Called as phases go on. Default: as when it was loaded. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Prompt embeddings of the caller's own: rows past the prompt's end are zeros, as in diffusers' WanPipeline. */
export interface PromptEmbeddings {
  /** [length, textDim], row-major. */
  readonly values: Float32Array;
  /** Rows. */
  readonly length: number;
}

/** Options of `Pipeline.generate`; defaults come from the model's manifest entry, or are the class's own. */
export interface GenerateOptions {
  /** What to show: of a model of classes, one by name or number. Not needed with `promptEmbeds`. */
  readonly prompt?: string;
  /** What to steer away from. Default: the empty prompt. */
  readonly negativePrompt?: string;
  /** Embeddings instead of `prompt`. */
  readonly promptEmbeds?: PromptEmbeddings;
  /** Embeddings instead of `negativePrompt`. */
  readonly negativePromptEmbeds?: PromptEmbeddings;
  /** Initial noise: the same as PyTorch's `torch.Generator().manual_seed(seed)`. Default 0. */
  readonly seed?: number;
  /** Initial latents instead of noise, [channels, frames, rows, columns]. */
  readonly latents?: Float32Array;
  /** Denoising steps, at least 1. */
  readonly steps?: number;
  /** Classifier-free guidance; at 1 or below there is no unconditional forward. */
  readonly guidanceScale?: number;
  /** A sampler's name, such as `unipc`, also for a model whose own is not built. Default: the model's own. */
  readonly sampler?: string;
  /** Pixels: multiples of the model's latent pixel times its patch. */
  readonly width?: number;
  /** As `width`. */
  readonly height?: number;
  /** 4 k + 1 frames, for a VAE that makes 4 of each latent frame after the first; 1 of a model of pictures. */
  readonly frames?: number;
  /** Frames a second of the clip, above 0 and up to 240. Default: what the model was made for. */
  readonly fps?: number;
  /** How blocks are reused between steps, such as `bwcache`. Default `none`. */
  readonly policy?: string;
  /** The policy's own options, by name; its defaults where left out. */
  readonly policyOptions?: Readonly<Record<string, OptionValue>>;
  /** Aborts: the promise rejects with `signal.reason`, and no GPU memory of it is left. */
  readonly signal?: AbortSignal;
  /** Called as phases go on. */
  readonly onProgress?: (progress: Progress) => void;
  /** After each denoising step. */
  readonly onStep?: (step: StepEvent) => void;
  /** When it is known what a branch's forward of a step computes: once for each, in the order of the steps. */
  readonly onForward?: (forward: ForwardEvent) => void;
  /** When a policy's scores of a step have come back. */
  readonly onScores?: (scores: BlockScores) => void;
  /** Rough pictures while it denoises, which it does not wait for. */
  readonly preview?: PreviewOptions;
}

/** Which previews to make. */
export interface PreviewOptions {
  /** One after every so many steps, from 1, but the last; it is left out while the one before is still on its way. */
  readonly every: number;
  /** Called when one has come back. */
  readonly onPreview: (preview: Preview) => void;
}

/** The clip's first frame, as the model expects it to become: decoded from the latents without their remaining noise. */
export interface Preview {
  /** The denoising step after which it was made, from 0. */
  readonly step: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Row by row, 4 bytes a pixel. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** A denoising step that has run. */
export interface StepEvent {
  /** From 0. */
  readonly step: number;
  /** Of how many. */
  readonly steps: number;
  /** Wall-clock seconds of this step. */
  readonly seconds: number;
}

/** Bytes that a generation will hold, known before it allocates any. */
export interface MemoryPlan {
  /** Of all components. */
  readonly weightsBytes: number;
  /** Activations, states and parameters of the run. */
  readonly runBytes: number;
  /** What the policy keeps: freed before the clip is made. */
  readonly cacheBytes: number;
  /** Of previews: freed before the clip is made, too. */
  readonly previewBytes: number;
  /** The clip's pixels. */
  readonly clipBytes: number;
  /** The most that is held at once. */
  readonly plannedBytes: number;
}
