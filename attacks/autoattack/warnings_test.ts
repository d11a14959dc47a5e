import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { AttackName } from "./types.ts";
import type { AttackWarning } from "../diagnostics/warning.ts";
import {
  warnBlackBox,
  warnFewerTargets,
  warnFlat,
  warnNotFinite,
  warnProbabilities,
  warnRandomised,
  warnZeroGradients,
} from "./warnings.ts";

const LOGITS = [3, 1, -2, 0, 5, 4.5];
const labels = [0, 1];

function warns(warning: AttackWarning | null, code: AttackWarning["code"], ...pieces: string[]): void {
  assert(warning !== null, `no warning "${code}"`);
  assertEquals(warning.code, code);
  for (const piece of pieces) assertStringIncludes(warning.message, piece);
}

Deno.test("warnRandomised() is silent where repetitions agree up to rounding and scale", () => {
  const rounded = LOGITS.map((z) => z * (1 + 1e-6));
  const scaled = LOGITS.map((z) => 2 * z);
  assertEquals(warnRandomised([LOGITS, LOGITS, rounded, scaled], { labels }), null);
});

Deno.test("warnRandomised() tells of logits that differ by more than 1e-4 when normalised", () => {
  // The change across the row: 0.01 sqrt(1 + 4) / 14, of a row (3, 1, -2) whose norm is sqrt(14).
  const warning = warnRandomised([LOGITS, LOGITS.with(0, 3.01), LOGITS], { labels });
  warns(
    warning,
    "randomised-model",
    "of 2 examples computed 3 times 2 are correct",
    "0.00159 (allowed: 0.0001)",
  );
  assertEquals(warnRandomised([LOGITS, LOGITS.with(0, 3.0001)], { labels }), null);
});

Deno.test("warnRandomised() tells of a number of correct predictions that varies", () => {
  const warning = warnRandomised([[1, 1.00001], [1.00001, 1], [1, 1.00001]], { labels: [0] });
  warns(warning, "randomised-model", "of 1 examples computed 3 times 0 to 1 are correct");
});

Deno.test("warnRandomised() takes logits that are no numbers for different", () => {
  warns(warnRandomised([LOGITS, LOGITS.with(1, NaN)], { labels }), "randomised-model", "NaN");
});

Deno.test("warnRandomised() leaves out examples whose logits are never finite", () => {
  const odd = LOGITS.map((z, i) => i < 3 ? NaN : z);
  assertEquals(warnRandomised([odd, odd, odd], { labels }), null);
  const all = LOGITS.map(() => NaN);
  assertEquals(warnRandomised([all, all], { labels }), null);
});

Deno.test("warnNotFinite() counts examples with a logit that is not finite", () => {
  const odd = LOGITS.with(1, NaN).with(2, Infinity);
  warns(warnNotFinite(odd, { examples: 2, of: "clean" }), "non-finite-logits", "Of 2 clean images 1 have");
  warns(
    warnNotFinite(odd, { examples: 2, of: "square" }),
    "non-finite-logits",
    "images that square returned 1",
  );
  assertEquals(warnNotFinite(LOGITS, { examples: 2, of: "clean" }), null);
  assertEquals(warnNotFinite([], { examples: 0, of: "fab" }), null);
});

Deno.test("warnFlat() tells of correct examples, most of them, whose wrong classes' logits hardly differ", () => {
  const given = { labels, clean: [1, 1], attacks: ["apgd-ce", "square"] as const };
  // The wrong classes of the first differ by 3, those of the second by 4.5.
  assertEquals(warnFlat(LOGITS, given), null);
  const flat = LOGITS.with(1, -1.5).with(3, 4.25);
  warns(warnFlat(flat, given), "flat-logits", "In 2 of 2 examples");
  assertEquals(warnFlat(flat.with(3, 0), given), null);
  assertEquals(warnFlat(flat, { ...given, clean: [0, 0] }), null);
  assertEquals(warnFlat(flat, { ...given, attacks: ["square"] }), null);
});

Deno.test("warnRandomised() refuses a single repetition and lengths that do not fit", () => {
  assertThrows(
    () => warnRandomised([LOGITS], { labels }),
    RangeError,
    "Cannot compare repetitions: expected at least 2, got 1",
  );
  assertThrows(
    () => warnRandomised([LOGITS, LOGITS.slice(1)], { labels }),
    RangeError,
    "Cannot check outputs: expected the same number for each example, got 5 for 2 examples",
  );
});

Deno.test("warnProbabilities() tells of rows in [0, 1] with sums of 1", () => {
  const softmax = Float32Array.of(0.2, 0.3, 0.5, 0.9, 0.05, 0.05);
  warns(
    warnProbabilities(softmax, { examples: 2 }),
    "probabilities-not-logits",
    "6 outputs for 2 examples",
    "[0.05, 0.9]",
  );
  warns(warnProbabilities([1, 0, 0, 1], { examples: 2 }), "probabilities-not-logits", "[0, 1]");
});

Deno.test("warnProbabilities() is silent where one row or one number is none", () => {
  assertEquals(warnProbabilities(LOGITS, { examples: 2 }), null);
  assertEquals(warnProbabilities([0.2, 0.3, 0.5, 0.9, 0.05, 0.06], { examples: 2 }), null);
  assertEquals(warnProbabilities([1.5, -0.25, -0.25, 0.9, 0.05, 0.05], { examples: 2 }), null);
  assertEquals(warnProbabilities([NaN, 0.5, 0.5], { examples: 1 }), null);
});

Deno.test("warnZeroGradients() counts gradients that are exactly 0 or not finite", () => {
  const warning = warnZeroGradients([0.1, 0, 1e-38, -0, 3, NaN], { attack: "apgd-ce" });
  warns(warning, "zero-gradients", "of apgd-ce is exactly 0, or not finite, in 3 of 6 examples (50.0 %)");
  assertEquals(warnZeroGradients([0.1, 1e-38], { attack: "apgd-ce" }), null);
});

Deno.test("warnFewerTargets() tells of targeted attacks on fewer than ten classes", () => {
  const attacks: AttackName[] = ["apgd-ce", "apgd-t", "fab-t", "square"];
  warns(
    warnFewerTargets({ classes: 9, attacks }),
    "fewer-targets",
    "The model has 9 classes: apgd-t and fab-t aim at the 8 others, not at 9",
  );
  warns(warnFewerTargets({ classes: 2, attacks: ["fab-t"] }), "fewer-targets", "fab-t aims at the 1 others");
  assertEquals(warnFewerTargets({ classes: 10, attacks }), null);
  assertEquals(warnFewerTargets({ classes: 3, attacks: ["apgd-ce", "square"] }), null);
});

Deno.test("warnBlackBox() tells of Square finding more than 0.2 points beyond the others", () => {
  const whiteBox = [{ name: "apgd-ce", correct: of(1000, 500) }, {
    name: "fab-t",
    correct: of(1000, 450),
  }] as const;
  const square = (correct: number) => ({ name: "square" as const, correct: of(1000, correct) });
  warns(
    warnBlackBox([...whiteBox, square(447)]),
    "black-box-beats-white-box",
    "by 0.30 points, from 450 to 447 of 1000 examples, after apgd-ce, fab-t",
  );
  assertEquals(warnBlackBox([...whiteBox, square(448)]), null);
  assertEquals(warnBlackBox([...whiteBox, square(450)]), null);
});

Deno.test("warnBlackBox() needs Square and another attack, and counts those that come after it", () => {
  assertEquals(warnBlackBox([{ name: "square", correct: of(100, 10) }]), null);
  assertEquals(warnBlackBox([{ name: "apgd-ce", correct: of(100, 10) }]), null);
  const first = [{ name: "square", correct: of(100, 50) }, {
    name: "apgd-ce",
    correct: of(100, 50),
  }] as const;
  assertEquals(warnBlackBox(first), null);
});

/** `correct` ones among n. */
function of(n: number, correct: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(n).fill(1, 0, correct);
}
