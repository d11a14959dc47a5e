/** The silhouettes of `planted`: ten shapes that stay apart, and keep their class, under rotation and mirroring. */

/** Whether (u, v) lies in the shape; the shape's outline fits the unit circle, v points down. */
type Inside = (u: number, v: number) => boolean;

/** A named silhouette. */
export interface DrawnShape {
  readonly name: string;
  readonly inside: Inside;
}

/** Much faster than Math.hypot, which guards against overflow. */
function radius(u: number, v: number): number {
  return Math.sqrt(u * u + v * v);
}

/** A polygon with corners at these radii, evenly turned, the first one on top; by the even-odd rule. */
function polygon(radii: readonly number[]): Inside {
  // Two flat arrays: unpacking pairs in this inner loop costs fifty times the arithmetic.
  const us = radii.map((r, i) => r * Math.sin((2 * Math.PI * i) / radii.length));
  const vs = radii.map((r, i) => -r * Math.cos((2 * Math.PI * i) / radii.length));
  return (u, v) => {
    let inside = false;
    for (let i = 0, j = radii.length - 1; i < radii.length; j = i++) {
      if (vs[i] > v === vs[j] > v) continue;
      if (u < ((us[j] - us[i]) * (v - vs[i])) / (vs[j] - vs[i]) + us[i]) inside = !inside;
    }
    return inside;
  };
}

/** Two discs side by side on a triangle that points down. */
function heart(u: number, v: number): boolean {
  const side = Math.abs(u);
  return radius(side - 0.42, v + 0.3) < 0.52 || (v > -0.15 && v < 0.95 && side < (0.95 - v) * 0.86);
}

/** Silhouettes by class index. */
export const SHAPES: readonly DrawnShape[] = [
  { name: "disc", inside: (u, v) => radius(u, v) < 0.8 },
  { name: "ring", inside: (u, v) => radius(u, v) < 0.95 && radius(u, v) > 0.5 },
  { name: "triangle", inside: polygon([1, 1, 1]) },
  { name: "square", inside: (u, v) => Math.max(Math.abs(u), Math.abs(v)) < 0.7 },
  { name: "bar", inside: (u, v) => Math.abs(u) < 0.96 && Math.abs(v) < 0.26 },
  {
    name: "cross",
    inside: (u, v) => Math.min(Math.abs(u), Math.abs(v)) < 0.25 && Math.max(Math.abs(u), Math.abs(v)) < 0.95,
  },
  { name: "star", inside: polygon([1, 0.36, 1, 0.36, 1, 0.36, 1, 0.36, 1, 0.36]) },
  { name: "crescent", inside: (u, v) => radius(u, v) < 0.95 && radius(u - 0.45, v) > 0.75 },
  { name: "heart", inside: heart },
  {
    name: "hourglass",
    inside: (u, v) => Math.abs(v) < 0.85 && Math.abs(u) < 0.1 + 0.62 * Math.abs(v),
  },
];

/** The place of a shape: centre and radius in pixels, angle in radians. */
export interface ShapePlacement {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly angle: number;
}

const SAMPLES = 4;

/** Writes the share of each pixel that the shape covers, from 4 x 4 points a pixel, into `coverage` [size * size]. */
export function drawShape(shape: DrawnShape, place: ShapePlacement, coverage: Float32Array): void {
  const size = Math.sqrt(coverage.length);
  const cos = Math.cos(place.angle) / place.radius, sin = Math.sin(place.angle) / place.radius;
  const reach = place.radius * 1.05 + 1;
  coverage.fill(0);
  for (let y = 0; y < size; y++) {
    if (Math.abs(y + 0.5 - place.y) > reach) continue;
    for (let x = 0; x < size; x++) {
      if (Math.abs(x + 0.5 - place.x) > reach) continue;
      let hits = 0;
      for (let row = 0; row < SAMPLES; row++) {
        const dy = y + (row + 0.5) / SAMPLES - place.y;
        for (let column = 0; column < SAMPLES; column++) {
          const dx = x + (column + 0.5) / SAMPLES - place.x;
          if (shape.inside(dx * cos + dy * sin, dy * cos - dx * sin)) hits++;
        }
      }
      coverage[y * size + x] = hits / (SAMPLES * SAMPLES);
    }
  }
}
