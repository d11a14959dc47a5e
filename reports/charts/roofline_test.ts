import { assertEquals, assertStringIncludes } from "@std/assert";
import { assertChart } from "./_snapshot.ts";
import { placeLabels } from "./_place_labels.ts";
import { roofline, type RooflineDot } from "./roofline.ts";

const ROOF = {
  arithmetic: 128,
  memory: [{ name: "copy", gbPerSecond: 5 }, { name: "texture", gbPerSecond: 12 }],
};

const DOTS: RooflineDot[] = [
  { number: 1, name: "matmul", intensity: 171, gflops: 60 },
  { number: 2, name: "conv2d", intensity: 72, gflops: 50 },
  { number: 3, name: "conv2d dX", intensity: 72, gflops: 50.5 },
  { number: 4, name: "reduce_sum", intensity: 0.25, gflops: 1.1 },
];

Deno.test("roofline() draws ceilings as lines and kernels as numbered dots, as stored", async () => {
  await assertChart(roofline(DOTS, ROOF), "roofline");
});

Deno.test("roofline() names every ceiling and kernel in its text alternative", () => {
  const alt = roofline(DOTS, ROOF).match(/aria-label="([^"]*)"/)![1];
  assertStringIncludes(alt, "Ceilings: arithmetic 128 GFLOP/s, copy 5 GB/s and texture 12 GB/s.");
  assertStringIncludes(alt, "1 matmul, 60 GFLOP/s at 171 flops per byte, 2 conv2d,");
});

Deno.test("roofline() draws a single kernel, and none", () => {
  for (const dots of [DOTS.slice(0, 1), []]) assertStringIncludes(roofline(dots, ROOF), "<svg ");
});

Deno.test("placeLabels() puts texts next to their dots, and apart where dots lie together", () => {
  const near = [0, 1, 2].map((i) => ({ text: `${i}`, x: 100, y: 100 + i }));
  const places = placeLabels([{ text: "9", x: 10, y: 10 }, ...near]);
  assertEquals(places[0], { dx: 9, dy: 0 });
  const centres = places.slice(1).map(({ dx, dy }, i) => [near[i].x + dx, near[i].y + dy]);
  for (const [i, a] of centres.entries()) {
    for (const b of centres.slice(i + 1)) {
      assertEquals(Math.abs(a[0] - b[0]) >= 5.5 || Math.abs(a[1] - b[1]) >= 9, true, `${a} and ${b}`);
    }
  }
});
