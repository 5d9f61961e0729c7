import { useCallback } from 'preact/hooks';
import type { LiveRun } from '../state/live.ts';
import { LiveCanvas } from './live-canvas.tsx';

/** Pixels a side of a grain of noise: about what the model's own noise is made of. */
const GRAIN = 8;

/** What a clip begins as. It is not the run's own noise, and stays as it is: nothing flickers. */
export function NoiseCanvas({ run }: { readonly run: LiveRun }) {
  const { width = 128, height = 128 } = run.request;
  const [columns, rows] = [Math.ceil(width / GRAIN), Math.ceil(height / GRAIN)];
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const picture = context.createImageData(columns, rows);
      for (let i = 0; i < picture.data.length; i++) picture.data[i] = i % 4 === 3 ? 255 : 60 + 100 * Math.random();
      context.putImageData(picture, 0, 0);
    },
    [columns, rows],
  );
  return <LiveCanvas width={columns} height={rows} label="Noise, from which the clip is made" draw={draw} />;
}
