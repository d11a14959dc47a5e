import { assert, assertEquals } from "@std/assert";
import { featureSetStyle } from "./feature_sets.ts";
import css from "./style.css" with { type: "text" };

type Rgb = readonly number[];
const SETS = ["natural", "robust", "non-robust", "D_det", "D_rand", "adversarial"];

function variables(block: string): Map<string, Rgb> {
  const hex = (text: string) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  return new Map(
    [...block.matchAll(/(--[a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, hex(value)]),
  );
}

const [light, dark] = css.split("@media screen and (prefers-color-scheme: dark)").map(variables);
const THEMES = { light, dark };

const linear = (byte: number) =>
  byte <= 10.31475 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4;
const luminance = (color: Rgb) =>
  [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => sum + w * linear(color[i]), 0);

/** WCAG 2.2 contrast ratio. */
function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

for (const [theme, colors] of Object.entries(THEMES)) {
  Deno.test(`style.css gives text and graphics enough contrast in the ${theme} theme`, () => {
    const page = colors.get("--page")!;
    for (const name of ["--text", "--quiet", "--link", "--bad"]) {
      assert(contrast(colors.get(name)!, page) >= 4.5, `${name} ${contrast(colors.get(name)!, page)}`);
    }
    for (const name of [...colors.keys()].filter((key) => key.startsWith("--set-"))) {
      assert(contrast(colors.get(name)!, page) >= 3, `${name} ${contrast(colors.get(name)!, page)}`);
    }
    assert(contrast(colors.get("--text")!, colors.get("--notice")!) >= 4.5);
    assert(contrast(colors.get("--text")!, colors.get("--panel")!) >= 4.5);
  });

  Deno.test(`style.css has a colour for every feature set in the ${theme} theme, no two alike`, () => {
    const used = SETS.map((set) => String(colors.get(featureSetStyle(set).color.slice(4, -1))));
    assertEquals(new Set(used).size, SETS.length);
    assert(!used.includes("undefined"));
  });
}

// Viénot, Brettel and Mollon 1999, table 1: what a protanope and a deuteranope see, on linear RGB.
const SIGHT: Record<string, number[][]> = {
  "full colour sight": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
  deuteranopia: [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
};

function seen(color: Rgb, matrix: number[][]): Rgb {
  return matrix.map((row) => row.reduce((sum, w, i) => sum + w * linear(color[i]), 0));
}

function lab(rgb: Rgb): Rgb {
  const f = (t: number) => t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
  const xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    .map((row, i) => f(row.reduce((sum, w, j) => sum + w * Math.max(0, rgb[j]), 0) / [0.9505, 1, 1.089][i]));
  return [116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])];
}

for (const [theme, colors] of Object.entries(THEMES)) {
  for (const [name, matrix] of Object.entries(SIGHT)) {
    Deno.test(`style.css keeps feature sets apart for ${name} in the ${theme} theme`, () => {
      const views = SETS.map((set) =>
        lab(seen(colors.get(featureSetStyle(set).color.slice(4, -1))!, matrix))
      );
      views.forEach((a, i) =>
        views.slice(0, i).forEach((b, j) => {
          const distance = Math.hypot(...a.map((value, k) => value - b[k]));
          assert(distance >= 20, `${SETS[i]} and ${SETS[j]}: ${distance.toFixed(1)}`);
        })
      );
    });
  }
}
