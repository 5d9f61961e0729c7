import { render } from 'preact';
import { App } from './app.tsx';
import { followAddress } from './state/address.ts';
import { begin } from './state/session.ts';

const root = document.getElementById('app');
if (!root) throw new Error('index.html has no #app');
followAddress();
render(<App />, root);
begin();
