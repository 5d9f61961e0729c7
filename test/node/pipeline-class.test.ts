import { expect, test } from 'vitest';
import { pipelineModule } from '../../src/pipeline/classes.ts';

test.each([
  [
    'LTXPipeline',
    'my-model is a "LTXPipeline", which is not built. Use a folder of a WanPipeline or DiTPipeline in diffusers layout.',
  ],
  ['toString', 'my-model is a "toString", which is not built.'],
  [undefined, 'my-model names no pipeline class. Use a folder of a WanPipeline'],
  [null, 'my-model names no pipeline class.'],
  [{ a: 1 }, 'my-model names no pipeline class.'],
])('a model of the class %j is refused in words', async (className, message) => {
  await expect(pipelineModule('my-model', className)).rejects.toThrow(message);
});
