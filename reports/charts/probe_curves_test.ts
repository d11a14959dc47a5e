import { assertEquals, assertStringIncludes } from "@std/assert";
import { assertChart } from "./_snapshot.ts";
import { type ProbeCurve, probeCurves } from "./probe_curves.ts";

const curve = (label: string, { seed = 0, last = 0.6 } = {}): ProbeCurve => ({
  label,
  color: `var(--set-${label})`,
  seed,
  points: [1, 2, 4].map((epoch) => ({ epoch, accuracy: 0.1 + (last - 0.1) * epoch / 4 })),
});

Deno.test("probeCurves() draws a line per set and seed as stored", async () => {
  const curves = [
    curve("natural"),
    curve("natural", { seed: 1, last: 0.64 }),
    curve("robust", { last: 0.35 }),
  ];
  await assertChart(probeCurves(curves, { chance: 0.1 }), "probe-curves");
});

Deno.test("probeCurves() moves names apart that would lie on each other", () => {
  const svg = probeCurves(["natural", "robust", "other"].map((label) => curve(label)), { chance: null });
  const shifts = ["natural", "robust", "other"].map((set) =>
    Number(svg.match(new RegExp(`translate\\(8,([\\d.]+)\\)"[^>]*var\\(--set-${set}\\)`))?.[1])
  );
  assertEquals(shifts, [0, 15, 30]);
});

Deno.test("probeCurves() says where each line begins and ends", () => {
  const svg = probeCurves([curve("natural"), { ...curve("robust"), points: [] }], { chance: null });
  assertStringIncludes(
    svg.replaceAll("\u00a0", " "),
    "natural, seed 0, from 22.5 % after epoch 1 to 60.0 % after epoch 4",
  );
  assertEquals(svg.includes("robust"), false);
});
