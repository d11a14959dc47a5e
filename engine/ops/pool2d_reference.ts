/**
 * Pooling and its gradients in float64, by their definitions: over the pixels of each window in turn.
 *
 * @module
 */

import type { NdArray } from "../graph/op.ts";
import type { PoolSizes } from "./pool2d.ts";

/** Calls `visit` for every output element with its index and those of its window's pixels, row by row. */
function eachWindow(s: PoolSizes, visit: (y: number, window: number[]) => void): void {
  for (let n = 0; n < s.N; n++) {
    for (let oy = 0; oy < s.OH; oy++) {
      for (let ox = 0; ox < s.OW; ox++) {
        for (let c = 0; c < s.C; c++) {
          const window: number[] = [];
          for (let ky = 0; ky < s.KH; ky++) {
            for (let kx = 0; kx < s.KW; kx++) {
              const iy = oy * s.STRIDE + ky - s.PAD, ix = ox * s.STRIDE + kx - s.PAD;
              if (iy < 0 || iy >= s.H || ix < 0 || ix >= s.W) continue;
              window.push(((n * s.H + iy) * s.W + ix) * s.C + c);
            }
          }
          visit(((n * s.OH + oy) * s.OW + ox) * s.C + c, window);
        }
      }
    }
  }
}

/** The mean of each window, padding included as zeros. */
export function averageReference(x: NdArray, s: PoolSizes): NdArray {
  const y = outputArray(s);
  eachWindow(s, (at, window) => y.data[at] = window.reduce((sum, i) => sum + x.data[i], 0) / (s.KH * s.KW));
  return y;
}

/** The gradient of x, for the mean. */
export function averageGradReference(dy: NdArray, s: PoolSizes): NdArray {
  const dx = inputArray(s);
  eachWindow(s, (at, window) => {
    for (const i of window) dx.data[i] += dy.data[at] / (s.KH * s.KW);
  });
  return dx;
}

/** The largest value of each window. */
export function maximumReference(x: NdArray, s: PoolSizes): NdArray {
  const y = outputArray(s);
  eachWindow(
    s,
    (at, window) => y.data[at] = window.reduce((max, i) => Math.max(max, x.data[i]), -Infinity),
  );
  return y;
}

/** The gradient of x, for the maximum: to the first pixel that equals y, if any. */
export function maximumGradReference(
  { dy, x, y }: { dy: NdArray; x: NdArray; y: NdArray },
  s: PoolSizes,
): NdArray {
  const dx = inputArray(s);
  eachWindow(s, (at, window) => {
    const first = window.find((i) => x.data[i] === y.data[at]);
    if (first !== undefined) dx.data[first] += dy.data[at];
  });
  return dx;
}

function inputArray({ N, H, W, C }: PoolSizes): NdArray {
  return { shape: [N, H, W, C], data: new Float64Array(N * H * W * C) };
}

function outputArray({ N, OH, OW, C }: PoolSizes): NdArray {
  return { shape: [N, OH, OW, C], data: new Float64Array(N * OH * OW * C) };
}
