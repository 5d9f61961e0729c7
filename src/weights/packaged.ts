import { SourceError } from '../errors.ts';
import { wholeUrl } from './address.ts';
import type { ManifestFile, ModelEntry } from './manifest.ts';
import { MissingFileError, type WeightSource } from './source-types.ts';
import { openUrl } from './source-url.ts';

/** A file of a {@link PackagedModel}: where its bytes lie, or what they say. */
export interface PackagedFile extends ManifestFile {
  /** Its own address: bundlers rename files and lay them side by side. */
  readonly url?: string | URL;
  /** Its contents in the place of an address: a small file, which then takes no request. */
  readonly text?: string;
}

/** A model as a package exports it, such as `stillframe-shapes`: a manifest's entry in which each file has its own address. */
export interface PackagedModel extends Omit<ModelEntry, 'url' | 'files'> {
  /** All files of the model. */
  readonly files: readonly PackagedFile[];
}

/** The files of a model that a package brings. Its paths are known, so none is guessed. */
export function sourceFromPackage({ id, files }: PackagedModel): WeightSource {
  return {
    label: id,
    origin: 'network',
    async open(path, range, signal) {
      const file = files.find((file) => file.path === path);
      if (!file) throw new MissingFileError(`The package of "${id}" has no ${path}.`, 'Install it again.');
      const { bytes, text, url = '' } = file;
      if (text !== undefined) {
        return { stream: new Blob([text]).stream(), start: 0, totalBytes: bytes, origin: 'disk' };
      }
      try {
        return await openUrl(wholeUrl(url, path), fetch, range, signal);
      } catch (cause) {
        if (!(cause instanceof MissingFileError)) throw cause;
        throw new SourceError(
          `The files of "${id}" do not lie beside the script that was built: ${cause.problem}`,
          "Put the package's folder on your server, and name its address as the package's README says.",
          { cause },
        );
      }
    },
    async list(folder) {
      const start = folder && `${folder}/`;
      const inside = files.filter(({ path }) => path.startsWith(start)).map(({ path }) => path.slice(start.length));
      return inside.filter((name) => !name.includes('/'));
    },
  };
}
