/** The browser's adapter. A browser test without one must fail, or it would pass on nothing. */
export async function requestTestAdapter(): Promise<GPUAdapter> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('This browser has no WebGPU adapter.');
  return adapter;
}

/** Reads a fixture through Vitest's server, whose root is the repository. */
export async function loadFixture(path: string): Promise<Uint8Array> {
  const response = await fetch(`/test/fixtures/${path}`);
  // The server answers an unknown path with its page.
  if (!response.ok || response.headers.get('content-type')?.startsWith('text/html')) {
    throw new Error(`No fixture ${path}.`);
  }
  return new Uint8Array(await response.arrayBuffer());
}
