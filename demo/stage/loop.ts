/** How fast what plays in a loop goes. */
export interface Rate {
  /** Frames of the loop, at least 1. */
  readonly count: number;
  readonly framesASecond: number;
}

/** A moment of playing: the frame that began at a time, in seconds of any clock. */
export interface Moment {
  readonly frame: number;
  readonly at: number;
}

/** The frame that a loop shows at a time: no frame late, whatever was drawn in between. */
export function frameAt({ frame, at }: Moment, now: number, { count, framesASecond }: Rate): number {
  const passed = Math.max(0, Math.floor((now - at) * framesASecond));
  return (frame + passed) % count;
}
