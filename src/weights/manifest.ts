/**
 * `weights-manifest.json`: the models that are known by an id, and the exact bytes of their files.
 * Its JSON Schema, `docs/weights-manifest.schema.json`, says the same; here each failure names the field.
 *
 * @module
 */

import { WeightsError } from '../errors.ts';

/** More frames a second than any screen shows. */
export const MOST_FPS = 240;

/** One file of a model. */
export interface ManifestFile {
  /** Path in the model folder, with `/` between segments. */
  readonly path: string;
  /** Its size in bytes. */
  readonly bytes: number;
  /** Its SHA-256, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** What a run of a model takes where the caller does not say. */
export interface ModelDefaults {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames of the clip. */
  readonly frames: number;
  /** Frames a second. */
  readonly fps: number;
  /** Denoising steps. */
  readonly steps: number;
  /** Scale of classifier-free guidance; 1 is none. */
  readonly guidanceScale: number;
  /** Name of the sampler, e.g. `flow-match-euler`; in a folder whose own is not built, its class: name another then. */
  readonly sampler: string;
}

/** What a manifest says of a model's defaults. */
export type ListedDefaults = Omit<ModelDefaults, 'fps'> & Partial<Pick<ModelDefaults, 'fps'>>;

/** Options of a cache policy, by name. */
export type PresetOptions = Readonly<Record<string, number | string | boolean>>;

/** A model that is known by its id. */
export interface ModelEntry {
  /** Its name, for people and `loadPipeline`: lower-case letters, digits, dots and dashes. */
  readonly id: string;
  /** What it is, in a line. */
  readonly title: string;
  /** SPDX identifier, or the name of the license. */
  readonly license: string;
  /** Class of its pipeline in diffusers, e.g. `WanPipeline`. */
  readonly pipeline: string;
  /** Its folder in diffusers' layout, with a slash at its end; a relative one counts from the manifest's own address. */
  readonly url: string;
  /** What a pipeline may read of it. */
  readonly files: readonly ManifestFile[];
  /** Without `fps`, that of the model's family. */
  readonly defaults: ListedDefaults;
  /** Tuned options: policy name, then preset name (`fast`), then the options. The first with a `balanced` one is what a form begins with. */
  readonly presets: Readonly<Record<string, Readonly<Record<string, PresetOptions>>>>;
}

/** The file's content. */
export interface Manifest {
  readonly models: readonly ModelEntry[];
}

/**
 * Checks a parsed manifest.
 *
 * @param json What `JSON.parse` gave.
 * @throws WeightsError that names the field, e.g. `models[0].files[2].sha256`, what it is and what it must be.
 */
export function parseManifest(json: unknown): Manifest {
  const models = list(json, 'models', 'the manifest').map((model, i) => parseModel(model, `models[${i}]`));
  const ids = models.map((model) => model.id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) throw invalid(`models give the id ${JSON.stringify(twice)} twice`);
  return { models };
}

function parseModel(model: unknown, at: string): ModelEntry {
  const files = list(model, 'files', at).map((file, i): ManifestFile => {
    const where = `${at}.files[${i}]`;
    return {
      path: text(file, 'path', where, /^(?!\.\.?(\/|$))[^/\\]+(\/(?!\.\.?(\/|$))[^/\\]+)*$/),
      bytes: whole(file, 'bytes', where, 0),
      sha256: text(file, 'sha256', where, /^[0-9a-f]{64}$/),
    };
  });
  const defaults = field(model, 'defaults', at);
  const inDefaults = `${at}.defaults`;
  const guidanceScale = field(defaults, 'guidanceScale', inDefaults);
  if (!(typeof guidanceScale === 'number' && guidanceScale >= 1 && Number.isFinite(guidanceScale))) {
    throw invalid(`${inDefaults}.guidanceScale is ${JSON.stringify(guidanceScale)}, not a number from 1 on`);
  }
  const fps = field(defaults, 'fps', inDefaults);
  if (fps !== undefined && !(typeof fps === 'number' && fps > 0 && fps <= MOST_FPS)) {
    throw invalid(`${inDefaults}.fps is ${JSON.stringify(fps)}, not a number above 0, up to ${MOST_FPS}`);
  }
  return {
    id: text(model, 'id', at, /^[a-z0-9][a-z0-9.-]*$/),
    title: text(model, 'title', at),
    license: text(model, 'license', at),
    pipeline: text(model, 'pipeline', at),
    url: text(model, 'url', at, /^[^?#]*\/(\?[^#]*)?$/),
    files,
    defaults: {
      width: whole(defaults, 'width', inDefaults, 1),
      height: whole(defaults, 'height', inDefaults, 1),
      frames: whole(defaults, 'frames', inDefaults, 1),
      steps: whole(defaults, 'steps', inDefaults, 1),
      guidanceScale,
      sampler: text(defaults, 'sampler', inDefaults),
      ...(fps !== undefined && { fps }),
    },
    presets: parsePresets(field(model, 'presets', at), `${at}.presets`),
  };
}

function parsePresets(presets: unknown, at: string): ModelEntry['presets'] {
  for (const [policy, named] of entries(presets, at)) {
    for (const [preset, options] of entries(named, `${at}.${policy}`)) {
      for (const [key, value] of entries(options, `${at}.${policy}.${preset}`)) {
        if (!['number', 'string', 'boolean'].includes(typeof value)) {
          throw invalid(
            `${at}.${policy}.${preset}.${key} is ${JSON.stringify(value)}, not a number, text, true or false`,
          );
        }
      }
    }
  }
  return presets as ModelEntry['presets'];
}

function field(value: unknown, key: string, at: string): unknown {
  return new Map(entries(value, at)).get(key);
}

function entries(value: unknown, at: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${at} is ${JSON.stringify(value)}, not an object`);
  }
  return Object.entries(value);
}

function list(value: unknown, key: string, at: string): unknown[] {
  const found = field(value, key, at);
  if (!Array.isArray(found)) throw invalid(`${at}.${key} is ${JSON.stringify(found)}, not a list`);
  return found;
}

function text(value: unknown, key: string, at: string, pattern = /./): string {
  const found = field(value, key, at);
  if (typeof found !== 'string' || !pattern.test(found)) {
    throw invalid(`${at}.${key} is ${JSON.stringify(found)}, not a text that matches ${pattern.source}`);
  }
  return found;
}

function whole(value: unknown, key: string, at: string, least: number): number {
  const found = field(value, key, at);
  if (typeof found !== 'number' || !Number.isSafeInteger(found) || found < least) {
    throw invalid(`${at}.${key} is ${JSON.stringify(found)}, not a whole number from ${least} on`);
  }
  return found;
}

function invalid(problem: string): WeightsError {
  return new WeightsError(
    `weights-manifest.json: ${problem}.`,
    'See docs/weights-manifest.schema.json; `node scripts/manifest.mjs` fills in bytes and sha256.',
  );
}
