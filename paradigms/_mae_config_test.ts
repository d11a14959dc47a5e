import { assertEquals, assertThrows } from "@std/assert";
import { checkMae, type MaeConfig, visiblePatches } from "./_mae_config.ts";

const GOOD: MaeConfig = {
  patchSize: 4,
  dim: 16,
  depth: 2,
  heads: 4,
  mlpRatio: 2,
  decoderDim: 8,
  decoderDepth: 1,
  decoderHeads: 2,
  maskRatio: 0.75,
  normalisePixels: false,
  pixelRange: [0, 1],
  pooling: "cls",
};

Deno.test("visiblePatches() rounds what the mask leaves", () => {
  assertEquals(visiblePatches(16, 0.75), 4);
  assertEquals(visiblePatches(9, 0.75), 2);
  assertEquals(visiblePatches(64, 0.5), 32);
});

Deno.test("checkMae() takes the published configuration of the reference code", () => {
  const sizes = {
    dim: 384,
    depth: 12,
    heads: 6,
    mlpRatio: 4,
    decoderDim: 384,
    decoderDepth: 6,
    decoderHeads: 6,
  };
  checkMae({ ...GOOD, ...sizes, patchSize: 8 }, { height: 32, width: 32, classes: 10 });
});

const REFUSED: [Partial<MaeConfig>, string][] = [
  [{ patchSize: 5 }, "patchSize 5 does not divide images of 12 x 12"],
  [{ patchSize: 0 }, "patchSize has to be an integer of at least 1, it is 0"],
  [{ maskRatio: 0 }, "maskRatio has to lie between 0 and 1, it is 0"],
  [{ maskRatio: 1 }, "maskRatio has to lie between 0 and 1, it is 1"],
  [{ maskRatio: NaN }, "maskRatio has to lie between 0 and 1, it is NaN"],
  [{ maskRatio: 0.99 }, "maskRatio 0.99 leaves none of 9 patches visible"],
  [{ maskRatio: 0.01 }, "maskRatio 0.01 leaves none of 9 patches hidden"],
  [{ patchSize: 12 }, "maskRatio 0.75 leaves none of 1 patches visible"],
  [{ heads: 3 }, "dim 16 is not a multiple of heads 3"],
  [{ decoderHeads: 3 }, "decoderDim 8 is not a multiple of decoderHeads 3"],
  [{ dim: 18, heads: 3 }, "dim has to be a multiple of 4 for its positions, it is 18"],
  [{ depth: 1.5 }, "depth has to be an integer of at least 1, it is 1.5"],
  [{ mlpRatio: 0 }, "mlpRatio has to be positive, it is 0"],
];

for (const [wrong, reason] of REFUSED) {
  Deno.test(`checkMae() refuses ${JSON.stringify(wrong)}`, () => {
    const check = () => checkMae({ ...GOOD, ...wrong }, { height: 12, width: 12, classes: 10 });
    const error = assertThrows(check, RangeError);
    assertEquals(error.message, `Cannot make a masked autoencoder: ${reason}`);
  });
}
