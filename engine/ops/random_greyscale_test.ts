import { assertEquals, assertThrows } from "@std/assert";
import { checkOp } from "../testing/check_op.ts";
import { assertClose } from "../testing/compare.ts";
import { augmented, TORCH } from "./_augmentation_testing.ts";
import { randomGreyscale, randomGreyscaleOp } from "./random_greyscale.ts";

checkOp(randomGreyscaleOp);

Deno.test("randomGreyscale() makes the asked share of images grey and leaves the others", () => {
  const examples = Array.from({ length: 1000 }, (_, i) => i);
  const images = augmented({ examples }, (x, random) => randomGreyscale(x, { probability: 0.2, random }));
  const colourful = Float32Array.from(TORCH.pixels);
  let count = 0;
  for (const image of images) {
    if (image.every((v, i) => v === colourful[i])) continue;
    count++;
    const [r, g, b] = colourful.subarray(3, 6);
    const level = 0.2989 * r + 0.587 * g + 0.114 * b;
    assertClose("pixel 1", image.subarray(3, 6), { expected: [level, level, level], atol: 1e-12, rtol: 0 });
  }
  assertEquals(count > 160 && count < 240, true, `${count} of 1000 for 0.2`);
});

Deno.test("randomGreyscale() refuses a probability outside [0, 1]", () => {
  assertThrows(
    () => augmented({ examples: [0] }, (x, random) => randomGreyscale(x, { probability: -0.1, random })),
    RangeError,
    "Cannot turn images grey: probability must be in [0, 1], got -0.1",
  );
});
