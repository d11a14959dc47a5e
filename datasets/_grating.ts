/** The gratings of `planted`: ten faint waves that a small convolution can tell apart, by class. */

/** The grating of a class. */
export interface Grating {
  /** Wave vector in cycles per 16 pixels: 8 alternates from pixel to pixel, 4 every second pixel. */
  readonly wave: readonly [kx: number, ky: number];
  /** Sign in red, green and blue. */
  readonly colour: readonly [red: number, green: number, blue: number];
}

/** All channels alike. */
const GREY = [1, 1, 1] as const;
/** Magenta against green. */
const MAGENTA = [1, -1, 1] as const;

/**
 * Gratings by class index, 0.35 to 0.71 cycles a pixel. A 3x3 filter resolves about a third of the frequencies, so
 * the six waves are four cycles apart, as far as the grid allows; four of them occur in two colours. Wave vectors
 * whose components are multiples of four have the same size in every pixel at the phases of {@linkcode drawGrating}.
 * Mirrored and shifted waves are no other class's.
 */
export const GRATINGS: readonly Grating[] = [
  { wave: [8, 0], colour: GREY },
  { wave: [0, 8], colour: GREY },
  { wave: [8, 8], colour: GREY },
  { wave: [4, 4], colour: GREY },
  { wave: [8, 4], colour: GREY },
  { wave: [4, 8], colour: GREY },
  { wave: [8, 0], colour: MAGENTA },
  { wave: [0, 8], colour: MAGENTA },
  { wave: [8, 8], colour: MAGENTA },
  { wave: [4, 4], colour: MAGENTA },
];

/**
 * Writes `colour * sqrt(2) cos(2 pi (kx x + ky y) / 16 + pi / 4 + shift pi / 2)` into `out` [3 * size * size]: every
 * value is 1 or -1 up to rounding. `shift` is 0, 1, 2 or 3; where all components are 8, it only chooses the sign.
 */
export function drawGrating({ wave: [kx, ky], colour }: Grating, shift: number, out: Float32Array): void {
  const area = out.length / 3, size = Math.sqrt(area);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const angle = (2 * Math.PI * (kx * x + ky * y)) / 16 + Math.PI / 4 + (shift * Math.PI) / 2;
      const value = Math.SQRT2 * Math.cos(angle);
      for (let channel = 0; channel < 3; channel++) {
        out[channel * area + y * size + x] = colour[channel] * value;
      }
    }
  }
}
