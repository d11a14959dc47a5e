import { assertThrows } from "@std/assert";
import { checkExamples } from "./examples.ts";
import type { Examples } from "../evaluation/robustness_attack.ts";

const CHECKS = { imageShape: [2, 3, 1], classes: 10 };

/** Three examples that pass, but for what is given. */
function examples(changed: Partial<Examples> = {}): Examples {
  return { images: new Float32Array(18).fill(0.5), labels: Uint32Array.of(0, 9, 3), ...changed };
}

function refuse(changed: Partial<Examples>, message: string): void {
  assertThrows(() => checkExamples(examples(changed), CHECKS), RangeError, message);
}

Deno.test("checkExamples() accepts the ends of every range", () => {
  const images = new Float32Array(18).fill(1).fill(0, 9);
  checkExamples(examples({ images, numbers: Uint32Array.of(7, 4294967295, 0) }), CHECKS);
  checkExamples(examples(), CHECKS);
});

Deno.test("checkExamples() names the example and pixel outside [0, 1]", () => {
  const at = (place: number, value: number) => new Float32Array(18).fill(0.5).fill(value, place, place + 1);
  const numbers = Uint32Array.of(5, 80, 2);
  refuse(
    { images: at(11, 1.5), numbers },
    "Cannot attack example 80: its pixels must be in [0, 1], the one at [1, 2, 0] is 1.5\n" +
      "Hint: divide 8-bit pixels by 255",
  );
  refuse(
    { images: at(12, -0.25) },
    "Cannot attack example 2: its pixels must be in [0, 1], the one at [0, 0, 0]",
  );
  refuse({ images: at(3, NaN) }, "the one at [1, 0, 0] is NaN");
  refuse({ images: at(3, Infinity) }, "the one at [1, 0, 0] is Infinity");
});

Deno.test("checkExamples() refuses a label that is no class", () => {
  refuse(
    { labels: Uint32Array.of(0, 9, 10) },
    "Cannot attack example 2: its label must be below the number of classes, 10, got 10",
  );
});

Deno.test("checkExamples() refuses lengths that do not fit", () => {
  refuse(
    { images: new Float32Array(17) },
    "Cannot attack examples: 3 images of [2, 3, 1] have 18 numbers, got 17",
  );
  refuse(
    { numbers: Uint32Array.of(1, 2) },
    "Cannot attack examples: each needs a number, got 3 labels and 2 numbers",
  );
  refuse(
    { images: new Float32Array(0), labels: new Uint32Array(0) },
    "Cannot attack examples: expected at least one, got 0",
  );
});

Deno.test("checkExamples() refuses a number given twice", () => {
  refuse(
    { numbers: Uint32Array.of(4, 1, 4) },
    "Cannot attack examples: their numbers must differ, places 0 and 2 both have 4",
  );
});
