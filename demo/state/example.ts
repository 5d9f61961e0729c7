import { FORMAT, type RecordedRun } from '../recorded/format.ts';
import { fromSheet } from '../recorded/sheet.ts';
import { example, type Run } from './runs.ts';

/** Where `scripts/record-example.ts` writes it. */
const FOLDER = 'example/';

/** What it writes: `run.webp` and `baseline.webp` hold the frames. */
export interface ExampleFile {
  readonly run: RecordedRun;
  readonly baseline: RecordedRun;
}

/** Shows the recorded example. Without it the page works as well, so whatever goes wrong with it says nothing. */
export async function showExample(): Promise<void> {
  try {
    const [file, run, baseline] = await Promise.all([get('example.json'), get('run.webp'), get('baseline.webp')]);
    const recorded = (await file.json()) as ExampleFile;
    if (recorded.run.format !== FORMAT) throw new Error('It is of another version of the page.');
    example.value = {
      run: await asRun(0, recorded.run, await run.blob()),
      baseline: await asRun(-1, recorded.baseline, await baseline.blob()),
    };
  } catch (error) {
    console.info('The recorded example did not come.', error);
  }
}

async function get(name: string): Promise<Response> {
  const response = await fetch(new URL(FOLDER + name, document.baseURI));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response;
}

async function asRun(id: number, recorded: RecordedRun, picture: Blob): Promise<Run> {
  const { frames: layout, measured, format: _, ...rest } = recorded;
  const pictures = await fromSheet({ layout, picture });
  return {
    ...rest,
    id,
    clip: 0,
    home: undefined,
    pictures,
    ...(measured && { measured: { ...measured, baseline: -1 } }),
  };
}
