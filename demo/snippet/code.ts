import type { RunRequest } from '../engine/protocol.ts';
import { literal } from './literal.ts';

/** Which model the code loads. */
export interface SnippetModel {
  /** The id of the manifest, or a folder's name. */
  readonly name: string;
  /** Whether it is a folder of the user's own. */
  readonly isOwn: boolean;
}

/** The code that a run amounts to, over the package's public exports; every setting of the run is in it. */
export function snippetOf(model: SnippetModel, request: RunRequest): string {
  const { prompt, policy = 'none', policyOptions = {}, ...numbers } = request;
  const { seed, steps, guidanceScale, frames, width, height } = numbers;
  return `import { loadPipeline } from 'stillframe';

${loading(model)}
const clip = await pipeline.generate({
  prompt: ${literal(prompt)},
  ${fields({ seed, steps, guidanceScale })},
  ${fields({ frames, width, height })},
  policy: ${literal(policy)},
  policyOptions: ${literal(policyOptions)},
});
const video = await clip.toBlob(); // MP4 or WebM; clip.frames() has the pictures
clip.dispose();
await pipeline.dispose();
`;
}

function loading({ name, isOwn }: SnippetModel): string {
  if (!isOwn) return `const pipeline = await loadPipeline(${literal(name)});`;
  const folder = `./${encodeURIComponent(name)}/`;
  return `const pipeline = await loadPipeline(${literal(folder)}); // the folder, served beside your page`;
}

function fields(values: Readonly<Record<string, number | undefined>>): string {
  return literal(values).slice(2, -2);
}
