import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import type { CellDescription } from "./cell.ts";
import { loadPreset, PRESETS } from "../config/load_preset.ts";
import { expand } from "./plan.ts";
import { smallPreset } from "../testing.ts";
import { byUrgency, makespan, roughCosts } from "./urgency.ts";

const CELLS = expand(smallPreset()).filter(({ kind }) => kind === "train" || kind === "construct"); // natural; adversarial -> construct -> robust
const costs = (values: readonly number[]) => (cell: CellDescription) => values[CELLS.indexOf(cell)];
const places = (values: readonly number[]) =>
  byUrgency(CELLS, costs(values)).map((cell) => CELLS.indexOf(cell));

Deno.test("byUrgency() puts the longest way to the end first", () => {
  assertEquals(places([5, 1, 1, 1]), [0, 1, 2, 3]);
  assertEquals(places([2, 1, 1, 1]), [1, 0, 2, 3]);
  assertEquals(places([3, 1, 1, 1]), [0, 1, 2, 3]); // equal ones keep their order
  assertEquals(places([0, 1, 1, 1]), [1, 2, 3, 0]);
});

Deno.test("byUrgency() keeps all cells of every preset, each behind its inputs", async () => {
  for (const name of Object.keys(PRESETS)) {
    const cells = expand(await loadPreset(name));
    const order = byUrgency(cells);
    assertEquals(new Set(order), new Set(cells));
    for (const [i, { inputs }] of order.entries()) {
      assert(inputs.every((input) => order.findIndex(({ name }) => name === input) < i), name);
    }
  }
});

Deno.test("roughCosts() grows with images and steps", async () => {
  const cells = expand(await loadPreset("quick"));
  const costOf = roughCosts(cells);
  const cost = (name: string) => costOf(cells.find((cell) => cell.name === `${name}/seed-0`)!);
  assertGreater(cost("sl/natural"), cost("sl/robust"));
  assertGreater(cost("sl/adversarial"), cost("sl/robust"));
  assertGreater(cost("dm/natural"), cost("dm/robust"));
  assertGreater(cost("construct/robust"), 0);
});

Deno.test("makespan() is the sum on one job, and between the longest chain and the sum on several", () => {
  const costOf = costs([4, 3, 2, 1]);
  assertEquals(makespan(CELLS, { jobs: 1, costOf }), 10);
  assertEquals(makespan(CELLS, { jobs: 2, costOf }), 6);
  assertEquals(makespan(CELLS, { jobs: 9, costOf }), 6);
  assertEquals(makespan([], { jobs: 2, costOf }), 0);
});

Deno.test("makespan() comes close to an even share where nothing has to wait", async () => {
  const cells = expand(await loadPreset("quick"), [0, 1, 2, 3]);
  const costOf = roughCosts(cells);
  const all = makespan(cells, { jobs: 1, costOf });
  assertAlmostEquals(all, cells.reduce((sum, cell) => sum + costOf(cell), 0), 1e-6 * all);
  assertLess(makespan(cells, { jobs: 2, costOf }), 0.55 * all);
});
