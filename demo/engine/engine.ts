import { transfer } from 'comlink';
import {
  type ClipComparison,
  DeviceLostError,
  inspectModel,
  LimitError,
  type LoadOptions,
  loadPipeline,
  type MemoryPlan,
  type ModelInfo,
  type Pipeline,
  StillframeError,
} from 'stillframe';
import { Clips } from './clips.ts';
import { Outbox } from './outbox.ts';
import { picturesOf } from './pictures.ts';
import type { Engine, EngineEvent, FinishedRun, GpuInfo, LoadedModel, ModelChoice, RunRequest } from './protocol.ts';

/** Steps from one preview to the next, at least. */
const PREVIEW_EVERY = 3;

/** The worker's side of the page: a pipeline over the public API, and the clips that it made. */
export class PipelineEngine implements Engine {
  readonly #clips = new Clips();
  #page = location.href;
  #pipeline: Pipeline | undefined;
  /** Stops what is going on. */
  #controller = new AbortController();
  /** What is going on; never rejects. */
  #work: Promise<unknown> = Promise.resolve();

  async begin(page: string, lastClip: number): Promise<void> {
    this.#page = page;
    this.#clips.startAfter(lastClip);
  }

  load(model: ModelChoice, onEvent: (event: EngineEvent) => void): Promise<LoadedModel> {
    return this.#alone(onEvent, async (signal, outbox) => {
      await this.#clips.leaveGpu();
      await this.#dispose();
      const options: LoadOptions = {
        ...this.#where,
        signal,
        onProgress: (progress) => outbox.sendProgress(progress),
        onWarning: (message) => outbox.send({ kind: 'warning', message }),
      };
      const pipeline = await loadPipeline(model, options).catch(async (error: unknown) => {
        if (!(error instanceof LimitError)) throw error;
        // The form lets a smaller size be chosen, where there is one that this GPU takes.
        const { fitting } = await inspectModel(model, options);
        if (!fitting) throw error;
        return loadPipeline(model, { ...options, firstRun: fitting });
      });
      this.#pipeline = pipeline;
      const { info, defaults, presets } = pipeline;
      return { info, gpu: gpuInfo(pipeline), defaults, presets };
    });
  }

  inspect(model: ModelChoice): Promise<ModelInfo> {
    return inspectModel(model, this.#where);
  }

  async plan(request: RunRequest): Promise<MemoryPlan> {
    const pipeline = this.#ready;
    return pipeline.plan({ ...request, preview: { every: previewEvery(request, pipeline), onPreview: () => {} } });
  }

  generate(request: RunRequest, onEvent: (event: EngineEvent) => void): Promise<FinishedRun> {
    return this.#alone(onEvent, async (signal, outbox) => {
      const pipeline = this.#ready;
      const clip = await pipeline.generate({
        ...request,
        signal,
        onProgress: (progress) => outbox.sendProgress(progress),
        onStep: (step) => outbox.send({ kind: 'step', step }),
        onForward: (forward) => outbox.send({ kind: 'forward', forward }),
        onScores: (scores) => outbox.send({ kind: 'scores', scores }),
        preview: {
          every: previewEvery(request, pipeline),
          onPreview: (preview) => outbox.sendPreview(preview),
        },
      });
      try {
        const pictures = await picturesOf(clip, signal);
        const run = { clip: this.#clips.add(clip), pictures, report: clip.report };
        return transfer(run, [...pictures.frames]);
      } catch (error) {
        clip.dispose();
        throw error;
      }
    });
  }

  async stop(): Promise<void> {
    this.#controller.abort(stopped());
  }

  compare(clip: number, baseline: number): Promise<ClipComparison> {
    return this.#orLost(async () => this.#clips.get(clip).compare(this.#clips.get(baseline)));
  }

  encode(clip: number): Promise<Blob> {
    return this.#orLost(() => this.#clips.encode(clip));
  }

  async release(clip: number): Promise<void> {
    this.#clips.release(clip);
  }

  /** Relative addresses count from the page, not from the worker's script. */
  get #where() {
    return { manifestUrl: new URL('weights-manifest.json', this.#page) };
  }

  get #ready(): Pipeline {
    if (this.#pipeline) return this.#pipeline;
    throw new StillframeError('No model is loaded.', 'Load one first.');
  }

  /** Does one thing at a time: what is still going on is stopped, and waited for. */
  async #alone<T>(
    onEvent: (event: EngineEvent) => void,
    work: (signal: AbortSignal, outbox: Outbox) => Promise<T>,
  ): Promise<T> {
    this.#controller.abort(stopped());
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    const outbox = new Outbox(onEvent);
    const before = this.#work;
    const current = this.#orLost(async () => {
      await before;
      signal.throwIfAborted();
      try {
        return await work(signal, outbox);
      } finally {
        await outbox.close();
      }
    });
    this.#work = current.catch(() => {});
    return current;
  }

  /** Lets go of what went with the device, so that the next `load` gets a new one. */
  async #orLost<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DeviceLostError) {
        await this.#clips.leaveGpu();
        await this.#dispose();
      }
      throw error;
    }
  }

  async #dispose(): Promise<void> {
    const pipeline = this.#pipeline;
    this.#pipeline = undefined;
    await pipeline?.dispose();
  }
}

/** On a CPU a preview of the embedded model takes a third of a step: two of them cost a cached run about 5 %. */
function previewEvery({ steps }: RunRequest, { defaults, capabilities }: Pipeline): number {
  return capabilities.software ? Math.max(PREVIEW_EVERY, Math.ceil((steps ?? defaults.steps) / 3)) : PREVIEW_EVERY;
}

function stopped(): DOMException {
  return new DOMException('Stopped.', 'AbortError');
}

function gpuInfo({ adapter, capabilities, device }: Pipeline): GpuInfo {
  const limits: Record<string, number> = {};
  // They are getters of the prototype, which `Object.entries` does not see.
  for (const name in device.limits) limits[name] = Number(device.limits[name as keyof GPUSupportedLimits]);
  return { adapter, capabilities, limits };
}
