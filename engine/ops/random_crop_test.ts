import { assertEquals, assertThrows } from "@std/assert";
import { trace } from "../graph/graph.ts";
import { nchwToNhwc } from "../arrays/layout.ts";
import { evaluateReference } from "../graph/reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "../graph/tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { augmented, source } from "./_augmentation_testing.ts";
import { loadImages } from "./load_images.ts";
import { randomCrop, randomCropOp } from "./random_crop.ts";
import { randomFlip } from "./random_flip.ts";

checkOp(randomCropOp);

Deno.test("randomCrop() and randomFlip() of one stream do what loadImages() does in one pass", () => {
  const examples = Array.from({ length: 50 }, (_, i) => 11 * i), size = 5 * 4 * 3;
  const pixels = Float32Array.from({ length: 50 * size }, (_, i) => i % 97 / 97);
  const random = source({ examples, step: 3 });
  const { graph, result } = trace(() => {
    const images = new Variable("images", f32(50, 5, 4, 3), nchwToNhwc(pixels, [50, 3, 5, 4]));
    const { examples, step: epoch, stream } = random;
    const options = { height: 5, width: 4, examples, epoch, stream, cropPadding: 2, flip: true };
    return [
      randomFlip(randomCrop(images, { padding: 2, random }), { random }),
      loadImages(new Variable("pixels", f32(50, size), pixels), options),
    ];
  });
  const [found, expected] = evaluateReference(graph, result);
  assertEquals(found, expected);
});

Deno.test("randomCrop() refuses a padding that is no whole number", () => {
  assertThrows(
    () => augmented({ examples: [0] }, (x, random) => randomCrop(x, { padding: 1.5, random })),
    RangeError,
    "Cannot crop images: the padding must be a whole number from 0 up, got 1.5",
  );
});
