import { effect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface LiveCanvasProps {
  /** Pixels of the clip; the style sheet scales them up to the stage. */
  readonly width: number;
  /** As `width`. */
  readonly height: number;
  /** What the picture is, for those who do not see it; empty where something else says so. */
  readonly label: string;
  /** Called again when a signal that it reads changes, and when it is another function. */
  readonly draw: (context: CanvasRenderingContext2D) => void;
  /** Lies over the picture. */
  readonly children?: ComponentChildren;
}

/** A picture in as much of its place as its shape allows. */
export function LiveCanvas({ width, height, label, draw, children }: LiveCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d', { alpha: false });
    return context ? effect(() => draw(context)) : undefined;
    // A canvas forgets its picture when its size changes.
  }, [draw, width, height]);
  return (
    <div class="picture" style={{ '--ratio': width / height }}>
      <canvas
        ref={canvas}
        width={width}
        height={height}
        {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
      />
      {children}
    </div>
  );
}
