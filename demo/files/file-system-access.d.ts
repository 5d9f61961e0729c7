/**
 * What Chromium has beside the standard's part of the File System API: its own types do not come with TypeScript.
 * Absent in other browsers, and outside secure contexts.
 */
interface DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

interface Window {
  showDirectoryPicker?(options?: { id?: string; mode?: 'read' | 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}
