import { assertAlmostEquals, assertEquals } from "@std/assert";
import { drawGrating, type Grating, GRATINGS } from "./_grating.ts";

const SIZE = 16, AREA = SIZE * SIZE;

function draw(grating: Grating, shift = 0): Float32Array {
  const out = new Float32Array(3 * AREA);
  drawGrating(grating, shift, out);
  return out;
}

/** Moves every pixel: the value at (x, y) of each channel comes from (fromX(x), y + down). */
function move(image: Float32Array, fromX: (x: number) => number, { down = 0 } = {}): Float32Array {
  return image.map((_, i) => {
    const x = i % SIZE, y = Math.floor(i / SIZE) % SIZE;
    return image[
      Math.floor(i / AREA) * AREA + ((y + down) % SIZE) * SIZE + ((fromX(x) % SIZE) + SIZE) % SIZE
    ];
  });
}

const rounded = (image: Float32Array) => Array.from(image, Math.round).join(" ");

Deno.test("drawGrating() gives every pixel the same size", () => {
  for (const grating of GRATINGS) {
    for (const value of draw(grating)) assertAlmostEquals(Math.abs(value), 1, 1e-6);
  }
});

Deno.test("drawGrating() draws waves of which no two classes share any, whatever the phases", () => {
  const classes = GRATINGS.map((grating) =>
    new Set([0, 1, 2, 3].map((shift) => rounded(draw(grating, shift))))
  );
  assertEquals(classes.map((images) => images.size), [2, 2, 2, 4, 4, 4, 2, 2, 2, 4]);
  assertEquals(new Set(classes.flatMap((images) => [...images])).size, 28);
  for (const [a, first] of GRATINGS.entries()) {
    for (const [b, second] of GRATINGS.entries()) {
      if (a === b) continue;
      // Different waves are orthogonal; the two colours of one wave share a third.
      const same = String(first.wave) === String(second.wave);
      const one = draw(first), other = draw(second);
      const product = one.reduce((sum, v, i) => sum + v * other[i], 0) / one.length;
      assertAlmostEquals(Math.abs(product), same ? 1 / 3 : 0, 1e-6);
    }
  }
});

Deno.test("drawGrating() draws waves that shifting keeps, and mirroring does not turn into another class's", () => {
  for (const [label, grating] of GRATINGS.entries()) {
    const own = [0, 1, 2, 3].map((shift) => rounded(draw(grating, shift)));
    const image = draw(grating);
    for (const moved of [move(image, (x) => x + 1), move(image, (x) => x, { down: 1 })]) {
      assertEquals(own.includes(rounded(moved)), true);
    }
    const mirrored = rounded(move(image, (x) => -x));
    for (const [other, its] of GRATINGS.entries()) {
      if (other === label) continue;
      for (const shift of [0, 1, 2, 3]) assertEquals(mirrored === rounded(draw(its, shift)), false);
    }
  }
});
