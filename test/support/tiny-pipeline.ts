import type { GenerateOptions, LoadOptions } from '../../src/index.ts';
import { noStore } from '../../src/index.ts';
import { fixtureSource } from './model-folder.ts';

/** A pipeline of two blocks, without a text encoder. */
export const TINY = fixtureSource('wan-pipeline-euler');

const embeddings = { values: new Float32Array(3 * 64).fill(0.1), length: 3 };

/** A run of it that takes a moment. */
export const TINY_RUN: GenerateOptions = {
  ...{ promptEmbeds: embeddings, negativePromptEmbeds: embeddings },
  ...{ seed: 3, steps: 2, width: 32, height: 32, frames: 5 },
};

/** How it is loaded. */
export const TINY_LOAD: LoadOptions = { store: noStore, firstRun: TINY_RUN };
