import { constants } from 'node:fs';
import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import type { Report } from '../src/report.ts';
import { CommandError } from './errors.ts';
import type { Baseline, VideoFile } from './harness/api.ts';

/** A report, with the run that it was compared with where there was one. */
export interface ComparedReport extends Report {
  readonly baseline?: Baseline;
}

/** The folder of a run: `clip.mp4` or `clip.webm`, `frames/000.png ...`, `report.json`. */
export class OutputFolder {
  private constructor(readonly path: string) {}

  /** Makes the folder. @throws {CommandError} when it cannot be written, before anything is computed. */
  static async create(path: string): Promise<OutputFolder> {
    try {
      await mkdir(join(path, 'frames'), { recursive: true });
      await access(path, constants.W_OK);
    } catch (error) {
      throw new CommandError(`${path} cannot be written: ${error instanceof Error ? error.message : error}`);
    }
    return new OutputFolder(path);
  }

  /** Removes what an earlier run left: not before this one has a clip to put in its place. */
  async clear(): Promise<void> {
    const frames = join(this.path, 'frames');
    const old = (await readdir(frames)).filter((name) => /^\d{3,}\.png$/.test(name)).map((name) => join(frames, name));
    const files = ['clip.mp4', 'clip.webm', 'report.json'].map((name) => join(this.path, name));
    await Promise.all([...old, ...files].map((file) => rm(file, { force: true })));
  }

  /** Writes a frame as PNG. @param rgba width x height pixels of 4 bytes. */
  async writeFrame(index: number, width: number, height: number, rgba: Uint8Array): Promise<void> {
    const png = new PNG({ width, height });
    png.data.set(rgba);
    const name = `${String(index).padStart(3, '0')}.png`;
    await writeFile(join(this.path, 'frames', name), PNG.sync.write(png, { colorType: 2 }));
  }

  /** @returns the path of the file. */
  async writeVideo({ type, bytes }: VideoFile): Promise<string> {
    const path = join(this.path, type === 'video/mp4' ? 'clip.mp4' : 'clip.webm');
    await writeFile(path, bytes);
    return path;
  }

  async writeReport(report: ComparedReport): Promise<void> {
    await writeFile(join(this.path, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  }
}
