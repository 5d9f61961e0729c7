/**
 * Where weights come from: the contract, its three makers (URL, files, directory) and the ways to read.
 *
 * @module
 */

export { exists, readBytes, readJson } from './read.ts';
export { sourceFromDirectory, sourceFromFiles } from './source-files.ts';
export {
  type ByteRange,
  MissingFileError,
  type OpenedFile,
  type Origin,
  RefusedFileError,
  type WeightSource,
} from './source-types.ts';
export { sourceFromUrl, type UrlSourceOptions } from './source-url.ts';
