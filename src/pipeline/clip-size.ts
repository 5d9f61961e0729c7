/** The size of a clip. */
export interface ClipSize {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames of the clip. */
  readonly frames: number;
}

/** The sizes of clips that a model can make. */
export interface SizeRules {
  /** Width and height are multiples of this many pixels. */
  readonly pixels: number;
  /** Frames are a multiple of this, plus 1; of a model of pictures it is 0. */
  readonly frames: number;
  /** Whether width and height must be the same. */
  readonly square?: boolean;
}
