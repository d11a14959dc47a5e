import { assertEquals } from "@std/assert";
import { curveEpochs } from "./curve_epochs.ts";

Deno.test("curveEpochs() begins with the untrained encoder, ends with the last epoch, and repeats none", () => {
  assertEquals(curveEpochs(12, 4), [0, 3, 6, 9, 12]);
  assertEquals(curveEpochs(5, 2), [0, 3, 5]);
  assertEquals(curveEpochs(2, 5), [0, 1, 2]);
  assertEquals(curveEpochs(7, 1), [0, 7]);
});
