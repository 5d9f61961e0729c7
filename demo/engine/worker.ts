import { expose } from 'comlink';
import { PipelineEngine } from './engine.ts';

// A call that cannot be read can never be answered: the page hears of it as of any error here.
addEventListener('messageerror', () => {
  throw new Error('a call could not be read');
});
expose(new PipelineEngine());
