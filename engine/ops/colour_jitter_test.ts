import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { stream } from "../../common/random.ts";
import { assertClose } from "../testing/compare.ts";
import { checkOp } from "../testing/check_op.ts";
import { augmented, TORCH } from "./_augmentation_testing.ts";
import { colourJitter, colourJitterOp, jitterColours, jitterOf } from "./colour_jitter.ts";

checkOp(colourJitterOp);

const STRENGTHS = { brightness: 0.8, contrast: 0.8, saturation: 1.5, hue: 0.2, probability: 1 };

Deno.test("jitterColours() agrees with torchvision's formulas in PyTorch, in three orders", () => {
  for (const { order, factors, result } of TORCH.jitter) {
    const found = jitterColours(TORCH.pixels, { order, factors });
    assertClose(`order ${order}`, found, { expected: result, atol: 1e-10, rtol: 0 });
  }
});

Deno.test("jitterOf() draws every order, and factors over their whole range", () => {
  const random = stream(0, "jitter"), orders = new Map<string, number>();
  const low = [9, 9, 9, 9], high = [-9, -9, -9, -9];
  for (let example = 0; example < 2400; example++) {
    const { order, factors } = jitterOf(STRENGTHS, (block) => random.bits(0, example, block))!;
    orders.set(String(order), (orders.get(String(order)) ?? 0) + 1);
    factors.forEach((f, i) => [low[i], high[i]] = [Math.min(low[i], f), Math.max(high[i], f)]);
  }
  assertEquals(orders.size, 24);
  for (const [order, count] of orders) {
    assertEquals(count > 60 && count < 140, true, `${order} ${count} times`);
  }
  assertClose("lowest", low, { expected: [0.2, 0.2, 0, -0.2], atol: 0.003, rtol: 0 });
  assertClose("highest", high, { expected: [1.8, 1.8, 2.5, 0.2], atol: 0.003, rtol: 0 });
});

Deno.test("colourJitter() depends on the example's number, the step and the stream alone", () => {
  const [, second] = augmented(
    { examples: [3, 7], step: 2 },
    (x, random) => colourJitter(x, { ...STRENGTHS, random }),
  );
  const run = (options: { step?: number; seed?: number }) =>
    augmented(
      { examples: [7], step: 2, ...options },
      (x, random) => colourJitter(x, { ...STRENGTHS, random }),
    )[0];
  assertEquals(run({}), second);
  assertNotEquals(run({ step: 3 }), second);
  assertNotEquals(run({ seed: 1 }), second);
});

Deno.test("colourJitter() without strengths changes nothing", () => {
  const none = { brightness: 0, contrast: 0, saturation: 0, hue: 0, probability: 1 };
  const [found] = augmented({ examples: [5] }, (x, random) => colourJitter(x, { ...none, random }));
  assertClose("image", found, { expected: Float32Array.from(TORCH.pixels), atol: 1e-12, rtol: 0 });
});

Deno.test("colourJitter() refuses settings that make no sense", () => {
  const refuse = (own: Partial<typeof STRENGTHS>, message: string) =>
    assertThrows(
      () => augmented({ examples: [0] }, (x, random) => colourJitter(x, { ...STRENGTHS, ...own, random })),
      RangeError,
      message,
    );
  refuse({ contrast: -1 }, "Cannot jitter colours: contrast must be at least 0, got -1");
  refuse({ hue: 0.6 }, "Cannot jitter colours: hue must be in [0, 0.5], got 0.6");
  refuse({ probability: NaN }, "Cannot jitter colours: probability must be in [0, 1], got NaN");
});
