import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32, type Spec, u32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { loadImages, loadImagesOp } from "./load_images.ts";

checkOp(loadImagesOp);

const PIXELS = Uint8Array.from({ length: 2 * 3 * 4 * 4 }, (_, i) => 5 * i % 256);

/** Images of two examples by the reference, HWC, as bytes. */
function load(
  options: { cropPadding?: number; flip?: boolean; examples?: number[]; epoch?: number } = {},
): number[][] {
  const { examples = [7, 8], epoch = 0, ...augmentation } = options;
  const pixels = new Variable("pixels", u32(2, 12), new Uint32Array(PIXELS.buffer));
  const { graph, result } = trace(() =>
    loadImages(pixels, {
      height: 4,
      width: 4,
      examples: new Variable("examples", u32(2), Uint32Array.from(examples)),
      epoch: new Variable("epoch", u32(), Uint32Array.of(epoch)),
      stream: stream(1, "augment"),
      ...augmentation,
    })
  );
  const data = Array.from(evaluateReference(graph, [result])[0].data, (v) => Math.round(v * 255));
  return [data.slice(0, 48), data.slice(48)];
}

/** The bytes of example `b` in HWC, shifted by `dy` rows and `dx` columns with zeros moving in. */
function expected(b: number, { dy = 0, dx = 0, flip = false } = {}): number[] {
  const out: number[] = [];
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      const iy = y + dy, ix = (flip ? 3 - x : x) + dx;
      const inside = iy >= 0 && iy < 4 && ix >= 0 && ix < 4;
      for (let c = 0; c < 3; c++) out.push(inside ? PIXELS[((b * 3 + c) * 4 + iy) * 4 + ix] : 0);
    }
  }
  return out;
}

Deno.test("loadImages() turns packed NCHW bytes into NHWC without augmentation", () => {
  assertEquals(load(), [expected(0), expected(1)]);
});

Deno.test("loadImages() gives each example a shift and a side that depend on its number and the epoch alone", () => {
  const candidates = (b: number) =>
    [-1, 0, 1].flatMap((dy) =>
      [-1, 0, 1].flatMap((dx) => [false, true].map((flip) => String(expected(b, { dy, dx, flip }))))
    );
  const seen = new Set<number>();
  for (let epoch = 0; epoch < 40; epoch++) {
    const [first] = load({ cropPadding: 1, flip: true, epoch });
    const which = candidates(0).indexOf(String(first));
    assertEquals(which >= 0, true, `epoch ${epoch} shows something that is no crop`);
    seen.add(which);
    assertEquals(load({ cropPadding: 1, flip: true, epoch, examples: [7, 1234] })[0], first);
  }
  assertEquals(seen.size > 12, true, `only ${seen.size} of 18 crops in 40 epochs`);
});

Deno.test("loadImages() refuses pixels that do not make up the images", () => {
  const build = (spec: Spec) => () =>
    trace(() =>
      loadImages(new Variable("pixels", spec), {
        height: 4,
        width: 4,
        examples: new Variable("examples", u32(2)),
        epoch: new Variable("epoch", u32()),
        stream: stream(1, "augment"),
      })
    );
  assertThrows(build(f32(2, 12)), RangeError, "Cannot load images: expected f32 [2, 48] for 4x4");
  assertThrows(build(u32(3, 12)), RangeError, "u32 [3, 12] and [2]");
});
