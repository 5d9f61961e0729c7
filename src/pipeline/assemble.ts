/**
 * A model put together of parts that lie in different places, such as single files of other programs: made to look like one
 * folder in diffusers' layout.
 *
 * @module
 */

import { OptionError } from '../errors.ts';
import { wholeUrl } from '../weights/address.ts';
import { exists, MissingFileError, type OpenedFile, type WeightSource } from '../weights/source.ts';
import { openUrl } from '../weights/source-url.ts';
import { streamOf } from '../weights/streams.ts';
import type { ResolvedModel } from './resolve.ts';
import { type FolderReference, folderSource } from './source-of.ts';
import type { ModelParts, PartReference } from './types.ts';

/** Each part's folder in diffusers' layout, and its class where a model has it. */
const PARTS = {
  transformer: { folder: 'transformer', className: ['diffusers', 'WanTransformer3DModel'] },
  vae: { folder: 'vae', className: ['diffusers', 'AutoencoderKLWan'] },
  textEncoder: { folder: 'text_encoder', className: ['transformers', 'UMT5EncoderModel'] },
  tokenizer: { folder: 'tokenizer', className: ['transformers', 'T5TokenizerFast'] },
  scheduler: { folder: 'scheduler', className: undefined },
} as const;

type PartName = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as PartName[];

/** A name that is of a file, where an address may be of a folder, too. */
const FILE = /\.(?:safetensors|gguf|json|pth|pt|bin|ckpt)$/i;

/** What a single file of a part is opened by; of weights, the name that it has. */
const FILE_OF: Partial<Record<PartName, string>> = {
  tokenizer: 'tokenizer.json',
  scheduler: 'scheduler_config.json',
};

/** Small files that published folders have and single files lack: as diffusers' conversion of Wan 2.1 (480p) writes them. */
const SUPPLIED: Readonly<Record<string, object>> = {
  'scheduler/scheduler_config.json': {
    _class_name: 'UniPCMultistepScheduler',
    prediction_type: 'flow_prediction',
    use_flow_sigmas: true,
    num_train_timesteps: 1000,
    flow_shift: 3,
  },
  'tokenizer/tokenizer_config.json': { pad_token: '<pad>', eos_token: '</s>', model_max_length: 512 },
};

/** A part as it was found: the folder it lies in, from the top of a source. */
interface FoundPart {
  readonly source: WeightSource;
  readonly prefix: string;
}

/**
 * Puts a model together.
 *
 * @throws {OptionError} for parts that are missing, unknown or of no kind; {SourceError} when a server cannot tell what it has.
 */
export async function assembleModel(parts: ModelParts, signal?: AbortSignal): Promise<ResolvedModel> {
  checkNames(parts);
  const found = new Map<string, FoundPart>();
  await Promise.all(
    NAMES.map(async (name) => {
      const { folder } = PARTS[name];
      const part = parts[name];
      if (part !== undefined) found.set(folder, await findPart(name, part, signal));
    }),
  );
  // The text encoder of a whole model has its tokenizer beside it.
  const encoder = found.get('text_encoder');
  if (encoder && encoder.prefix !== '' && !found.has('tokenizer'))
    found.set('tokenizer', { ...encoder, prefix: 'tokenizer/' });
  if (encoder && !found.has('tokenizer')) {
    throw new OptionError(
      'The model has a textEncoder, but no tokenizer.',
      'Add tokenizer: the folder with its tokenizer.json, or that file; or leave textEncoder out and pass promptEmbeds.',
    );
  }
  const transformer = found.get('transformer') as FoundPart;
  return { id: transformer.source.label, source: assembled(found), isAssembled: true };
}

function checkNames(parts: ModelParts): void {
  const unknown = Object.keys(parts).find((name) => !(name in PARTS));
  if (unknown !== undefined) {
    throw new OptionError(`A model has no part ${JSON.stringify(unknown)}.`, `Its parts: ${NAMES.join(', ')}.`);
  }
  for (const name of ['transformer', 'vae'] as const) {
    if (parts[name] === undefined)
      throw new OptionError(`The model has no ${name}.`, `Add it: { ${name}: a URL or a file }.`);
  }
}

/** Opens a part: a file, the folder that holds it, or a whole model with it. */
async function findPart(name: PartName, part: PartReference, signal: AbortSignal | undefined): Promise<FoundPart> {
  const file = singleFile(name, part);
  if (file) return { source: file, prefix: '' };
  const source = folderSource(part as FolderReference);
  const isWhole = await exists(source, 'model_index.json', signal);
  return { source, prefix: isWhole ? `${PARTS[name].folder}/` : '' };
}

/** A folder with nothing in it but the file, by the name that the part is looked for. */
function singleFile(part: PartName, reference: PartReference): WeightSource | undefined {
  if (reference instanceof File) {
    const name = FILE_OF[part] ?? reference.name;
    return folderOfFile(reference.name, name, 'disk', async (range) => {
      const start = range?.start ?? 0;
      const stream = reference.slice(start, range?.end).stream();
      return { stream, start, totalBytes: reference.size, origin: 'disk' };
    });
  }
  if (!(typeof reference === 'string' || reference instanceof URL)) return undefined;
  if (!FILE.test(String(reference).replace(/[?#].*$/s, ''))) return undefined;
  const url = wholeUrl(reference, part);
  const own = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
  return folderOfFile(own, FILE_OF[part] ?? own, 'network', (range, signal) =>
    openUrl(url, globalThis.fetch, range, signal),
  );
}

function folderOfFile(
  label: string,
  name: string,
  origin: WeightSource['origin'],
  open: (range: Parameters<WeightSource['open']>[1], signal?: AbortSignal) => Promise<OpenedFile>,
): WeightSource {
  return {
    label,
    origin,
    async open(path, range, signal) {
      signal?.throwIfAborted();
      if (path === name) return open(range, signal);
      throw new MissingFileError(`${label} is one file, without ${path}.`, 'Pass the folder that holds both.');
    },
    list: async (folder) => (folder === '' ? [name] : []),
  };
}

/** The parts as one folder. */
function assembled(parts: ReadonlyMap<string, FoundPart>): WeightSource {
  const index: Record<string, unknown> = { _class_name: 'WanPipeline' };
  for (const { folder, className } of Object.values(PARTS)) {
    if (className && parts.has(folder)) index[folder] = className;
  }
  const at = (path: string) => {
    const folder = path.split('/', 1)[0] as string;
    const part = parts.get(folder);
    return part && { ...part, path: part.prefix + path.slice(folder.length + 1) };
  };
  return {
    label: 'The given parts',
    origin: [...parts.values()].some(({ source }) => source.origin === 'network') ? 'network' : 'disk',
    async open(path, range, signal) {
      if (path === 'model_index.json') return openJson(index);
      const part = at(path);
      const supplied = SUPPLIED[path];
      try {
        if (part) return await part.source.open(part.path, range, signal);
      } catch (error) {
        if (!(supplied && error instanceof MissingFileError)) throw error;
      }
      if (supplied) return openJson(supplied);
      throw new MissingFileError(`The given parts have no ${path}.`, `Add the part: one of ${NAMES.join(', ')}.`);
    },
    async list(folder, signal) {
      const part = at(`${folder}/`);
      return part ? part.source.list?.(part.path.replace(/\/$/, ''), signal) : [];
    },
  };
}

function openJson(value: object): OpenedFile {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const stream = streamOf(
    (async function* () {
      yield bytes;
    })(),
  );
  return { stream, start: 0, totalBytes: bytes.length, origin: 'disk' };
}
