/**
 * The same file under its path. A file's `webkitRelativePath` is not among what the standard hands to a worker; its
 * name is. The bytes stay on disk.
 */
export function named(file: File, path: string): File {
  return new File([file], path, { type: file.type, lastModified: file.lastModified });
}
