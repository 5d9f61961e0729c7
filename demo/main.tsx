import { render } from 'preact';
import { App } from './app.tsx';
import { followAddress } from './state/address.ts';
import { showExample } from './state/example.ts';
import { followGallery } from './state/gallery.ts';
import { probeGpu } from './state/gpu.ts';
import { begin } from './state/session.ts';

/** Milliseconds for which the example goes before the model, which takes the network and the processor. */
const HEAD_START = 700;

const root = document.getElementById('app');
if (!root) throw new Error('index.html has no #app');
followAddress();
render(<App />, root);
void probeGpu();
await Promise.race([
  Promise.all([followGallery(), showExample()]),
  new Promise((resolve) => setTimeout(resolve, HEAD_START)),
]);
begin();
