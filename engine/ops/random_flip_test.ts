import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { augmented, source, TORCH } from "./_augmentation_testing.ts";
import { randomFlip, randomFlipOp } from "./random_flip.ts";

checkOp(randomFlipOp);

Deno.test("randomFlip() mirrors half of the images", () => {
  const examples = Array.from({ length: 1000 }, (_, i) => i), { width } = TORCH;
  const image = Float32Array.from(TORCH.pixels);
  const mirrored = image.map((_, i) => {
    const x = Math.floor(i / 3) % width;
    return image[i + 3 * (width - 1 - 2 * x)];
  });
  const found = augmented({ examples }, (x, random) => randomFlip(x, { random }));
  const count = found.filter((pixels) => pixels.every((v, i) => v === mirrored[i])).length;
  assertEquals(found.filter((pixels) => pixels.every((v, i) => v === image[i])).length, 1000 - count);
  assertEquals(count > 450 && count < 550, true, `${count} of 1000`);
});

Deno.test("randomFlip() refuses what is not a batch of images with its examples", () => {
  const build = (...shape: number[]) => () =>
    trace(() => randomFlip(new Variable("images", f32(...shape)), { random: source({ examples: [1, 2] }) }));
  const expected =
    "Cannot flip images: expected [B, H, W, 3] with u32 example numbers [B] and u32 step [], got ";
  assertThrows(build(3, 4, 4, 3), RangeError, `${expected}f32 [3, 4, 4, 3], u32 [2], u32 []`);
  assertThrows(build(2, 4, 4, 1), RangeError, `${expected}f32 [2, 4, 4, 1], u32 [2], u32 []`);
});
