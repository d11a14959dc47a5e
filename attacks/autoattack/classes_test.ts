import { assertThrows } from "@std/assert";
import { checkClasses } from "./classes.ts";
import { ATTACKS } from "./types.ts";

Deno.test("checkClasses() accepts each attack from the classes on that its loss needs", () => {
  checkClasses(4, { attacks: ATTACKS });
  checkClasses(3, { attacks: ["apgd-ce", "apgd-dlr", "fab", "fab-t", "square"] });
  checkClasses(2, { attacks: ["apgd-ce", "fab", "fab-t", "square"] });
});

Deno.test("checkClasses() refuses too few and names what can run", () => {
  assertThrows(
    () => checkClasses(3, { attacks: ["apgd-ce", "apgd-t", "fab-t", "square"] }),
    RangeError,
    "Cannot run apgd-t: its loss needs at least 4 classes, the model has 3\n" +
      "Hint: leave it out; these attacks can run: apgd-ce, fab-t, square",
  );
  assertThrows(
    () => checkClasses(2, { attacks: ["apgd-dlr"] }),
    RangeError,
    "needs at least 3 classes, the model has 2",
  );
  for (const name of ATTACKS) {
    assertThrows(() => checkClasses(1, { attacks: [name] }), RangeError, `Cannot run ${name}`);
  }
  assertThrows(() => checkClasses(2.5, { attacks: [] }), RangeError, "must be a positive integer, got 2.5");
});
