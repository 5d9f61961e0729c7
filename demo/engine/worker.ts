import { expose } from 'comlink';
import { PipelineEngine } from './engine.ts';

expose(new PipelineEngine());
