import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { assertClose } from "../testing/compare.ts";
import { checkOp } from "../testing/check_op.ts";
import { augmented, TORCH } from "./_augmentation_testing.ts";
import { blur, gaussianBlur, gaussianBlurOp } from "./gaussian_blur.ts";

checkOp(gaussianBlurOp);

const SETTINGS = { kernel: 3, minSigma: 0.1, maxSigma: 2, probability: 1 };

Deno.test("blur() agrees with PyTorch's convolution of the reflected image", () => {
  const { height, width, pixels } = TORCH;
  for (const { kernel, sigma, result } of TORCH.blur) {
    const found = blur(pixels, { height, width, kernel, sigma });
    assertClose(`kernel ${kernel}`, found, { expected: result, atol: 1e-10, rtol: 0 });
  }
});

Deno.test("gaussianBlur() depends on the example's number, the step and the stream alone", () => {
  const [, second] = augmented(
    { examples: [3, 7], step: 2 },
    (x, random) => gaussianBlur(x, { ...SETTINGS, random }),
  );
  const run = (options: { step?: number; seed?: number }) =>
    augmented(
      { examples: [7], step: 2, ...options },
      (x, random) => gaussianBlur(x, { ...SETTINGS, random }),
    )[0];
  assertEquals(run({}), second);
  assertNotEquals(run({ step: 3 }), second);
  assertNotEquals(run({ seed: 1 }), second);
});

Deno.test("gaussianBlur() blurs the asked share of images", () => {
  const examples = Array.from({ length: 1000 }, (_, i) => i);
  const sharp = augmented(
    { examples: [0] },
    (x, random) => gaussianBlur(x, { ...SETTINGS, probability: 0, random }),
  );
  const blurred = augmented(
    { examples },
    (x, random) => gaussianBlur(x, { ...SETTINGS, probability: 0.3, random }),
  )
    .filter((image) => image.some((v, i) => v !== sharp[0][i]));
  assertEquals(blurred.length > 250 && blurred.length < 350, true, `${blurred.length} of 1000 for 0.3`);
});

Deno.test("gaussianBlur() refuses settings that make no sense", () => {
  const refuse = (own: Partial<typeof SETTINGS>, message: string) =>
    assertThrows(
      () => augmented({ examples: [0] }, (x, random) => gaussianBlur(x, { ...SETTINGS, ...own, random })),
      RangeError,
      message,
    );
  refuse({ kernel: 2 }, "Cannot blur images: kernel must be an odd number from 1 up, got 2");
  refuse({ kernel: 9 }, "Cannot blur images: a kernel of 9 does not fit images of 5 x 4");
  refuse({ minSigma: 0 }, "minSigma must be above 0, got 0");
  refuse({ maxSigma: 0.05 }, "maxSigma must be at least 0.1, got 0.05");
  refuse({ probability: 1.5 }, "probability must be in [0, 1], got 1.5");
});
