import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { stream } from "../../common/random.ts";
import { checkReturned, distanceSlack, mergeSafety, NOTHING_RETURNED } from "./safety.ts";

const clean = [0.5, 0.5, 0, 1, 0.25, 0.75];
const OPTIONS = { clean, numbers: [12, 7], norm: "Linf" as const, eps: 0.25, attack: "apgd-t" };

Deno.test("checkReturned() finds distance and pixel range in Linf and L2", () => {
  const returned = [0.25, 0.5, 0.25, 1, 0.125, 0.75];
  assertEquals(checkReturned(returned, OPTIONS), {
    largestPerturbation: 0.25,
    lowestPixel: 0.125,
    highestPixel: 1,
    notFinite: 0,
  });
  const { largestPerturbation } = checkReturned(returned, { ...OPTIONS, norm: "L2", eps: 0.5 });
  assertAlmostEquals(largestPerturbation, Math.sqrt(2) / 4, 1e-15);
});

Deno.test("checkReturned() refuses an image beyond eps, however little, and names it", () => {
  assertEquals(checkReturned(clean.with(4, 0.5 + 9e-7), OPTIONS).largestPerturbation, 0.5 + 9e-7 - 0.25);
  assertThrows(
    () => checkReturned(clean.with(4, 0.5 + 2e-6), OPTIONS),
    RangeError,
    `Cannot accept image of apgd-t for example 7: it must be within eps, its Linf distance is ${
      0.5 + 2e-6 - 0.25
    }, eps is 0.25`,
  );
  assertThrows(
    () => checkReturned([0.25, 0.25, 0, 1, 0.25, 0.75], { ...OPTIONS, norm: "L2" }),
    RangeError,
    "Cannot accept image of apgd-t for example 12: it must be within eps, its L2 distance is 0.35",
  );
  assertThrows(
    () => checkReturned(clean, { ...OPTIONS, clean: clean.with(0, NaN) }),
    RangeError,
    "distance is NaN",
  );
});

Deno.test("checkReturned() refuses pixels outside [0, 1] and numbers that are not finite", () => {
  assertThrows(
    () => checkReturned(clean.with(3, 1 + 1e-7), OPTIONS),
    RangeError,
    `Cannot accept image of apgd-t for example 7: its pixels must be in [0, 1], they are in [0.25, ${
      1 + 1e-7
    }]`,
  );
  assertThrows(() => checkReturned(clean.with(2, -1e-30), OPTIONS), RangeError, "they are in [-1e-30, 0.5]");
  assertThrows(
    () => checkReturned(clean.with(0, NaN).with(1, -Infinity), OPTIONS),
    RangeError,
    "Cannot accept image of apgd-t for example 12: 2 of its 3 numbers are not finite, eps is 0.25",
  );
});

Deno.test("checkReturned() of no image knows nothing", () => {
  assertEquals(checkReturned([], { ...OPTIONS, clean: [], numbers: [] }), NOTHING_RETURNED);
});

Deno.test("checkReturned() refuses lengths that do not fit", () => {
  const message = "Cannot check images of apgd-t: lengths do not fit";
  assertThrows(() => checkReturned(clean.slice(1), OPTIONS), RangeError, message);
  assertThrows(() => checkReturned(clean, { ...OPTIONS, numbers: [1, 2, 3, 4] }), RangeError, message);
  assertThrows(() => checkReturned(clean, { ...OPTIONS, numbers: [] }), RangeError, message);
});

Deno.test("mergeSafety() of batches is the check of all at once", () => {
  const returned = [0.25, 0.5, 0.25, 1, 0.125, 0.75];
  const parts = [0, 3].map((from, i) =>
    checkReturned(returned.slice(from, from + 3), {
      ...OPTIONS,
      clean: clean.slice(from, from + 3),
      numbers: [OPTIONS.numbers[i]],
    })
  );
  assertEquals(parts.reduce(mergeSafety, NOTHING_RETURNED), checkReturned(returned, OPTIONS));
});

Deno.test("distanceSlack() covers what float32 makes of images that are scaled to eps", () => {
  for (const [size, eps] of [[3072, 0.5], [3072, 3], [150528, 3]]) {
    const noise = stream(1, "slack").fillNormal(0, new Float32Array(size));
    const x = stream(2, "slack").fillNormal(0, new Float32Array(size)).map((v) => 0.5 + 0.05 * v);
    const slack = distanceSlack("L2", { eps, size });
    for (const delta of [noise, noise.map((v) => 0.05 * Math.sign(v))]) {
      const lanes = new Float32Array(4);
      delta.forEach((v, i) => lanes[i % 4] += Math.fround(v * v));
      const norm = Math.sqrt(lanes.reduce((sum, v) => Math.fround(sum + v), 0));
      const moved = x.map((v, i) => v + Math.fround(eps * delta[i] / Math.fround(norm)));
      const distance = Math.sqrt(moved.reduce((sum, v, i) => sum + (v - x[i]) ** 2, 0));
      assertLess(Math.abs(distance - eps), slack);
    }
  }
});

Deno.test("distanceSlack() is far below any radius that is meant", () => {
  assertEquals(distanceSlack("Linf", { eps: 8 / 255, size: 3072 }), 1e-6);
  assertAlmostEquals(distanceSlack("L2", { eps: 0.5, size: 3072 }), 1.41e-5, 1e-7);
  assertLess(distanceSlack("L2", { eps: 3, size: 150528 }) / 3, 0.0012);
});
