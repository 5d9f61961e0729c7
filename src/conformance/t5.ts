import { Program } from '../gpu/program.ts';
import { Recorder } from '../gpu/recorder.ts';
import { downloadF32 } from '../gpu/transfer.ts';
import { parseT5Config } from '../models/t5/config.ts';
import { T5Encoder } from '../models/t5/encoder.ts';
import { t5Names } from '../models/t5/names.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { WeightSet } from '../weights/weight-set.ts';
import { batchItem, goldenInput } from './golden.ts';
import { joinBatch, type ReplayContext, type Replayed } from './replay.ts';

/** Repeats encodings of `T5EncoderModel` and `UMT5EncoderModel`. */
export async function* replayT5(context: ReplayContext): AsyncIterable<Replayed> {
  const { gpu, source, golden, signal, precision } = context;
  const checkpoint = await openCheckpoint(source, '', { names: t5Names, signal });
  const weights = new WeightSet(checkpoint, precision.weights);
  const encoder = new T5Encoder(parseT5Config(context.config), checkpoint, weights);
  const ids = goldenInput(golden, 'in.input_ids');
  const mask = goldenInput(golden, 'in.attention_mask');
  const [batch = 1, length = 1] = ids.shape;
  const recorder = new Recorder('text');
  const recording = encoder.record({ recorder, capabilities: gpu.capabilities, operands: precision.operands }, length);
  await weights.load(gpu, { signal });
  let program: Program | undefined;
  try {
    await encoder.loadTables(signal);
    program = await Program.create(gpu, recorder.finish());
    const items: Replayed[][] = [];
    for (let item = 0; item < batch; item++) {
      const tokens = [...batchItem(ids, item).values];
      await encoder.write(gpu, recording, tokens, [...batchItem(mask, item).values], signal);
      const replayed: Replayed[] = [];
      for (const [i, section] of recording.sections.entries()) {
        await program.run(section);
        const isLast = i === recording.sections.length - 1;
        const tensor = isLast ? recording.lastHiddenState : recording.hiddenStates;
        replayed.push({ name: isLast ? 'out' : `block.${i}`, values: await downloadF32(gpu, tensor) });
      }
      items.push(replayed);
    }
    yield* joinBatch(items);
  } finally {
    program?.dispose();
    weights.dispose(gpu);
  }
}
