import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { stream, type U32x4 } from "../../common/random.ts";
import { assertClose } from "../testing/compare.ts";
import { checkOp } from "../testing/check_op.ts";
import { augmented, TORCH } from "./_augmentation_testing.ts";
import { cropBox, randomResizedCrop, randomResizedCropOp, stretch } from "./random_resized_crop.ts";

checkOp(randomResizedCropOp);

const SCALE = { minScale: 0.08, maxScale: 1 };

Deno.test("stretch() agrees with PyTorch's bilinear interpolation", () => {
  const { height, width, pixels } = TORCH;
  for (const { box, result } of TORCH.crops) {
    const found = stretch(pixels, { height, width, box });
    assertClose(JSON.stringify(box), found, { expected: result, atol: 1e-10, rtol: 0 });
  }
});

Deno.test("cropBox() stays within the image, in its range of areas and aspect ratios", () => {
  const random = stream(0, "crop"), areas: number[] = [];
  for (let example = 0; example < 2000; example++) {
    const draw = (block: number) => random.bits(0, example, block);
    const { top, left, height, width } = cropBox(SCALE, { height: 64, width: 64, draw });
    assertEquals(top >= 0 && left >= 0 && top + height <= 64 && left + width <= 64, true);
    assertEquals(width / height > 0.7 && width / height < 1.43, true, `${width} by ${height}`);
    areas.push(width * height / 64 ** 2);
  }
  assertEquals(Math.min(...areas) > 0.075 && Math.min(...areas) < 0.1, true);
  assertEquals(Math.max(...areas) > 0.95, true);
  const mean = areas.reduce((sum, a) => sum + a) / areas.length;
  assertEquals(mean > 0.48 && mean < 0.56, true, `mean area ${mean}`);
});

Deno.test("cropBox() takes the centre where ten tries do not fit", () => {
  const draw = (): U32x4 => [0xffffffff, 0xffffffff, 0, 0];
  const whole = { minScale: 1, maxScale: 1 };
  assertEquals(cropBox(whole, { height: 8, width: 8, draw }), { top: 0, left: 0, height: 8, width: 8 });
  assertEquals(cropBox(whole, { height: 12, width: 3, draw }), { top: 4, left: 0, height: 4, width: 3 });
  assertEquals(cropBox(whole, { height: 3, width: 12, draw }), { top: 0, left: 4, height: 3, width: 4 });
});

Deno.test("randomResizedCrop() depends on the example's number, the step and the stream alone", () => {
  const [, second] = augmented(
    { examples: [3, 7], step: 2 },
    (x, random) => randomResizedCrop(x, { ...SCALE, random }),
  );
  const run = (options: { step?: number; seed?: number }) =>
    augmented(
      { examples: [7], step: 2, ...options },
      (x, random) => randomResizedCrop(x, { ...SCALE, random }),
    )[0];
  assertEquals(run({}), second);
  assertNotEquals(run({ step: 3 }), second);
  assertNotEquals(run({ seed: 1 }), second);
});

Deno.test("randomResizedCrop() refuses scales out of order", () => {
  const build = (minScale: number, maxScale: number) => () =>
    augmented({ examples: [0] }, (x, random) => randomResizedCrop(x, { minScale, maxScale, random }));
  assertThrows(build(0, 1), RangeError, "Cannot crop and resize images: minScale must be above 0, got 0");
  assertThrows(build(0.5, 0.4), RangeError, "maxScale must be in [0.5, 1], got 0.4");
  assertThrows(build(0.5, 1.1), RangeError, "maxScale must be in [0.5, 1], got 1.1");
});
