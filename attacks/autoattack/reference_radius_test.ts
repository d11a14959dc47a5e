import { assertEquals } from "@std/assert";
import { referenceRadius } from "./reference_radius.ts";

Deno.test("referenceRadius() raises small radii to 0.6 in L2 and 6/255 in Linf, and keeps larger ones", () => {
  assertEquals([0.25, 0.5, 0.6, 1].map((eps) => referenceRadius("L2", eps)), [0.6, 0.6, 0.6, 1]);
  assertEquals([1, 4, 6, 8].map((n) => referenceRadius("Linf", n / 255) * 255).map(Math.round), [6, 6, 6, 8]);
});
