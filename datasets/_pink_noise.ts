/** Draws fields of 1/f noise, the amplitude spectrum of natural scenes. */
export interface PinkNoise {
  /** Standard normal values that one field takes. */
  readonly valuesPerField: number;
  /** Writes one periodic field of mean 0 and expected variance 1 into `out` [size * size]. */
  draw(normals: Float32Array, out: Float32Array): void;
}

/**
 * Synthesis in Fourier space: independent complex normal coefficients of standard deviation 1 / f, then a direct
 * inverse transform, rows and columns apart. Only half the horizontal frequencies are needed for a real field.
 */
export function pinkNoise(size: number): PinkNoise {
  const half = Math.floor(size / 2) + 1;
  const cos = Float64Array.from({ length: size }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sin = Float64Array.from({ length: size }, (_, i) => Math.sin((2 * Math.PI * i) / size));
  const amplitude = new Float64Array(half * size);
  let power = 0;
  for (let kx = 0; kx < half; kx++) {
    for (let ky = 0; ky < size; ky++) {
      if (kx === 0 && ky === 0) continue; // no mean
      const value = 1 / Math.hypot(kx, Math.min(ky, size - ky));
      amplitude[kx * size + ky] = value;
      power += value * value; // the real part of a complex normal times a phase has variance 1
    }
  }
  for (let i = 0; i < amplitude.length; i++) amplitude[i] /= Math.sqrt(power);
  const re = new Float64Array(half * size), im = new Float64Array(half * size);
  const a = new Float64Array(size), b = new Float64Array(size);

  return {
    valuesPerField: 2 * half * size,
    draw(normals, out) {
      for (let kx = 0; kx < half; kx++) {
        const row = kx * size;
        for (let ky = 0; ky < size; ky++) {
          a[ky] = normals[2 * (row + ky)] * amplitude[row + ky];
          b[ky] = normals[2 * (row + ky) + 1] * amplitude[row + ky];
        }
        for (let y = 0; y < size; y++) {
          let sumRe = 0, sumIm = 0;
          for (let ky = 0, turn = 0; ky < size; ky++, turn = step(turn, y, size)) { // turn = ky * y modulo size
            sumRe += a[ky] * cos[turn] - b[ky] * sin[turn];
            sumIm += a[ky] * sin[turn] + b[ky] * cos[turn];
          }
          re[row + y] = sumRe;
          im[row + y] = sumIm;
        }
      }
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          let sum = 0;
          for (let kx = 0, turn = 0; kx < half; kx++, turn = step(turn, x, size)) {
            sum += re[kx * size + y] * cos[turn] - im[kx * size + y] * sin[turn];
          }
          out[y * size + x] = sum;
        }
      }
    },
  };
}

/** The sum modulo `size` of two numbers below it; a division would take most of the time. */
function step(turn: number, by: number, size: number): number {
  const next = turn + by;
  return next < size ? next : next - size;
}
