import { assertEquals, assertThrows } from "@std/assert";
import { nchwToNhwc, nhwcToNchw, ohwiToOihw, oihwToOhwi } from "./layout.ts";

const count = (n: number) => Float32Array.from({ length: n }, (_, i) => i);

Deno.test("nchwToNhwc() puts element [n, c, y, x] at [n, y, x, c]", () => {
  const [N, C, H, W] = [2, 3, 4, 5];
  const out = nchwToNhwc(count(N * C * H * W), [N, C, H, W]);
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      for (let y = 0; y < H; y++) {
        for (let x = 0; x < W; x++) {
          assertEquals(out[((n * H + y) * W + x) * C + c], ((n * C + c) * H + y) * W + x);
        }
      }
    }
  }
});

Deno.test("nhwcToNchw() is the inverse of nchwToNhwc()", () => {
  const data = count(2 * 3 * 4 * 5);
  assertEquals(nhwcToNchw(nchwToNhwc(data, [2, 3, 4, 5]), [2, 4, 5, 3]), data);
});

Deno.test("oihwToOhwi() moves the input channels innermost", () => {
  assertEquals([...oihwToOhwi(count(8), [2, 2, 1, 2])], [0, 2, 1, 3, 4, 6, 5, 7]);
});

Deno.test("ohwiToOihw() is the inverse of oihwToOhwi()", () => {
  const data = count(7 * 5 * 3 * 2);
  assertEquals(ohwiToOihw(oihwToOhwi(data, [7, 5, 3, 2]), [7, 3, 2, 5]), data);
});

Deno.test("nchwToNhwc() refuses a shape that does not fit", () => {
  assertThrows(() => nchwToNhwc(count(6), [2, 3]), RangeError, "expected four dimensions (NCHW), got [2, 3]");
  assertThrows(() => nchwToNhwc(count(7), [1, 2, 1, 3]), RangeError, "7 values given for NCHW [1, 2, 1, 3]");
});
