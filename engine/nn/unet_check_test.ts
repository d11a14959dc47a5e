import { assertEquals, assertThrows } from "@std/assert";
import type { UnetConfig } from "./unet.ts";
import { checkUnet, unetBlockNames } from "./unet_check.ts";

const CONFIG: UnetConfig = {
  height: 32,
  width: 32,
  channels: 3,
  base: 128,
  multipliers: [1, 2, 2, 2],
  blocks: 2,
  attentionLevels: [1],
  heads: 1,
  dropout: 0.1,
  groups: 32,
};

Deno.test("checkUnet() accepts DDPM's network for CIFAR-10", () => {
  checkUnet(CONFIG);
});

const WRONG: [Partial<UnetConfig>, string][] = [
  [{ height: 12 }, "4 levels need a size divisible by 8, the images are 12 x 32"],
  [{ attentionLevels: [1, 4] }, "attention level 4 does not exist, levels are 0, 1, 2, 3"],
  [{ attentionLevels: [-1] }, "attention level -1 does not exist"],
  [{ groups: 48 }, "groups must divide every width, got 48 for a width of 128"],
  [{ heads: 3 }, "heads must divide every width, got 3 for a width of 256"],
  [{ multipliers: [] }, "multipliers must name at least one level"],
  [{ multipliers: [1, 0] }, "multipliers must be whole numbers from 1 up, got 0"],
  [{ base: 2.5 }, "base must be whole numbers from 1 up, got 2.5"],
  [{ base: 2 }, "base must be even and from 4 up, got 2"],
  [{ blocks: 0 }, "blocks must be whole numbers from 1 up, got 0"],
  [{ dropout: 1 }, "dropout must lie in [0, 1), got 1"],
];

for (const [wrong, message] of WRONG) {
  Deno.test(`checkUnet() refuses ${JSON.stringify(wrong)}`, () => {
    assertThrows(() => checkUnet({ ...CONFIG, ...wrong }), RangeError, `Cannot make U-Net: ${message}`);
  });
}

Deno.test("unetBlockNames() lists the way down, the middle and the way up", () => {
  assertEquals(unetBlockNames({ multipliers: [1, 2], blocks: 1 }), [
    "in_1",
    "in_2",
    "mid",
    "out_1",
    "out_2",
    "out_3",
    "out_4",
  ]);
});
