import { KernelError } from '../errors.ts';
import type { Access, Kernel } from './kernel.ts';

/** GPUShaderStage.COMPUTE: the global is absent outside browsers. */
const COMPUTE = 4;

/** Compiles kernels, each source once however often and however soon it is asked for again. */
export class PipelineCache {
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(private readonly device: GPUDevice) {}

  /** How many pipelines have been asked for. */
  get size(): number {
    return this.#pipelines.size;
  }

  /**
   * The kernel's pipeline. Compilation runs beside whatever else the page does.
   *
   * @throws {KernelError} with the compiler's messages and the numbered source.
   */
  get(kernel: Kernel): Promise<GPUComputePipeline> {
    const found = this.#pipelines.get(kernel.source);
    if (found) return found;
    const compiling = this.#compile(kernel);
    this.#pipelines.set(kernel.source, compiling);
    compiling.catch(() => this.#pipelines.delete(kernel.source));
    return compiling;
  }

  /** The layout shared by all kernels with the same bindings. */
  layout(access: readonly Access[]): GPUBindGroupLayout {
    const key = access.join();
    let layout = this.#layouts.get(key);
    if (!layout) {
      const storage = access.map((kind, i): GPUBindGroupLayoutEntry => {
        const type = kind === 'read' ? 'read-only-storage' : 'storage';
        return { binding: i + 1, visibility: COMPUTE, buffer: { type } };
      });
      const params: GPUBindGroupLayoutEntry = { binding: 0, visibility: COMPUTE, buffer: { type: 'uniform' } };
      layout = this.device.createBindGroupLayout({ label: key, entries: [params, ...storage] });
      this.#layouts.set(key, layout);
    }
    return layout;
  }

  async #compile(kernel: Kernel): Promise<GPUComputePipeline> {
    const module = this.device.createShaderModule({ label: kernel.name, code: kernel.source });
    const layout = this.device.createPipelineLayout({
      label: kernel.name,
      bindGroupLayouts: [this.layout(kernel.access)],
    });
    try {
      return await this.device.createComputePipelineAsync({
        label: kernel.name,
        layout,
        compute: { module, entryPoint: 'main' },
      });
    } catch (cause) {
      const { messages } = await module.getCompilationInfo();
      const lines = messages.map((m) => `  ${m.lineNum}:${m.linePos} ${m.type}: ${m.message}`);
      const numbered = kernel.source.split('\n').map((line, i) => `${String(i + 1).padStart(4)} ${line}`);
      throw new KernelError(
        `Kernel ${kernel.name} did not compile: ${cause instanceof Error ? cause.message : cause}\n${lines.join('\n')}`,
        `Please report it with the adapter's name. Its source:\n${numbered.join('\n')}`,
        { cause },
      );
    }
  }
}
