import { assertEquals, assertThrows } from "@std/assert";
import { goldenTests } from "./_golden_test.ts";
import { DATA_SIZES, smallLearner } from "./_testing.ts";
import { supervised } from "./supervised.ts";

goldenTests({
  name: "supervised",
  create: () => smallLearner(),
  file: new URL("./supervised_golden.json", import.meta.url),
  learningRate: 0.05,
  rtol: 1e-4,
});

Deno.test("supervised.check() refuses an encoder that cannot be built", () => {
  const config = { encoder: { arch: "resnet8", widths: [4, 8] } } as const;
  const error = assertThrows(
    () => supervised.check(config, { ...DATA_SIZES, batchSize: 16 }),
    RangeError,
  );
  assertEquals(error.message, "Cannot make resnet8: it has 3 stages, 2 widths were given");
});
