import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import type { Report } from '../src/report.ts';
import { makeFolder, removeEmpty } from './folders.ts';
import type { Baseline, VideoFile } from './harness/api.ts';

/** A report, with the run that it was compared with where there was one. */
export interface ComparedReport extends Report {
  readonly baseline?: Baseline;
}

/**
 * The folder of a run: `clip.mp4` or `clip.webm`, `frames/000.png ...`, `report.json`. All is written beside its place, and
 * put there by `publish`; what an earlier run left stays until then. `await using` removes what was not published.
 */
export class OutputFolder implements AsyncDisposable {
  private constructor(
    readonly path: string,
    private readonly staging: string,
    private readonly made: readonly string[],
  ) {}

  /** Makes the folder. @throws {CommandError} when it cannot be written, before anything is computed. */
  static async create(path: string): Promise<OutputFolder> {
    const made = await makeFolder(path);
    const staging = await mkdtemp(join(path, '.unfinished-'));
    await mkdir(join(staging, 'frames'));
    return new OutputFolder(path, staging, made);
  }

  /** Writes a frame as PNG. @param rgba width x height pixels of 4 bytes. */
  async writeFrame(index: number, width: number, height: number, rgba: Uint8Array): Promise<void> {
    const png = new PNG({ width, height });
    png.data.set(rgba);
    const name = `${String(index).padStart(3, '0')}.png`;
    await writeFile(join(this.staging, 'frames', name), PNG.sync.write(png, { colorType: 2 }));
  }

  /** @returns the path that the file will have. */
  async writeVideo({ type, bytes }: VideoFile): Promise<string> {
    const name = type === 'video/mp4' ? 'clip.mp4' : 'clip.webm';
    await writeFile(join(this.staging, name), bytes);
    return join(this.path, name);
  }

  async writeReport(report: ComparedReport): Promise<void> {
    await writeFile(join(this.staging, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  }

  /** Puts what was written in the place of what an earlier run left. */
  async publish(): Promise<void> {
    await mkdir(join(this.path, 'frames'), { recursive: true });
    const frames = (await readdir(join(this.path, 'frames'))).filter((name) => /^\d{3,}\.png$/.test(name));
    const old = ['clip.mp4', 'clip.webm', 'report.json', ...frames.map((name) => join('frames', name))];
    await Promise.all(old.map((name) => rm(join(this.path, name), { force: true })));
    const entries = await readdir(this.staging, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((entry) => entry.isFile())) {
      const file = join(entry.parentPath, entry.name);
      await rename(file, join(this.path, file.slice(this.staging.length)));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.staging, { recursive: true, force: true });
    await removeEmpty(this.made);
  }
}
