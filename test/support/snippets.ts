import { readFile } from 'node:fs/promises';

/** An example in a page of documentation. */
export interface Snippet {
  /** What its first line says, such as `worker.ts`; else the page's language. */
  readonly name: string;
  readonly code: string;
}

/** The TypeScript examples of a page, in order. */
export async function snippets(path: string): Promise<Snippet[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/^```(tsx?)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    name: /^\/\/ ([\w-]+\.tsx?)$/m.exec(code.split('\n')[0] ?? '')?.[1] ?? language,
    code,
  }));
}

/** The same example with runs as small as a test needs. */
export function small(code: string): string {
  return code.replaceAll('steps: 30', 'steps: 2, frames: 5, width: 64, height: 64');
}
