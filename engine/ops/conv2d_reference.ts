/** Convolution and its gradients in float64, by their definitions. */

import type { NdArray } from "../graph/op.ts";
import type { ConvSizes } from "./conv2d_sizes.ts";

/** Calls `visit` with the flat indices of x, w and y for every product of the convolution. */
function eachProduct(s: ConvSizes, visit: (x: number, w: number, y: number) => void): void {
  for (let n = 0; n < s.N; n++) {
    for (let oy = 0; oy < s.OH; oy++) {
      for (let ox = 0; ox < s.OW; ox++) {
        for (let ky = 0; ky < s.KH; ky++) {
          const iy = oy * s.STRIDE + ky - s.PAD;
          if (iy < 0 || iy >= s.H) continue;
          for (let kx = 0; kx < s.KW; kx++) {
            const ix = ox * s.STRIDE + kx - s.PAD;
            if (ix < 0 || ix >= s.W) continue;
            const x0 = ((n * s.H + iy) * s.W + ix) * s.C, y0 = ((n * s.OH + oy) * s.OW + ox) * s.O;
            for (let o = 0; o < s.O; o++) {
              const w0 = ((o * s.KH + ky) * s.KW + kx) * s.C;
              for (let c = 0; c < s.C; c++) visit(x0 + c, w0 + c, y0 + o);
            }
          }
        }
      }
    }
  }
}

/** y = x * w + bias. */
export function convReference(
  { x, w, bias, sizes: s }: { x: NdArray; w: NdArray; bias: NdArray | undefined; sizes: ConvSizes },
): NdArray {
  const data = new Float64Array(s.N * s.OH * s.OW * s.O);
  if (bias !== undefined) { for (let i = 0; i < data.length; i++) data[i] = bias.data[i % s.O]; }
  eachProduct(s, (xi, wi, yi) => data[yi] += x.data[xi] * w.data[wi]);
  return { shape: [s.N, s.OH, s.OW, s.O], data };
}

/** The gradient of x. */
export function convGradInputReference(
  { dy, w, sizes: s }: { dy: NdArray; w: NdArray; sizes: ConvSizes },
): NdArray {
  const data = new Float64Array(s.N * s.H * s.W * s.C);
  eachProduct(s, (xi, wi, yi) => data[xi] += dy.data[yi] * w.data[wi]);
  return { shape: [s.N, s.H, s.W, s.C], data };
}

/** The gradient of w. */
export function convGradWeightsReference(
  { x, dy, sizes: s }: { x: NdArray; dy: NdArray; sizes: ConvSizes },
): NdArray {
  const data = new Float64Array(s.O * s.KH * s.KW * s.C);
  eachProduct(s, (xi, wi, yi) => data[wi] += x.data[xi] * dy.data[yi]);
  return { shape: [s.O, s.KH, s.KW, s.C], data };
}
