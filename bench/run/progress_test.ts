import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CellProgress } from "../plan/cell.ts";
import { createProgress } from "./progress.ts";
import { fakeRecord } from "../testing.ts";

const CELL = { name: "sl/natural/seed-0", index: 2, count: 10 };
const at = (done: number, more: Partial<CellProgress> = {}): CellProgress => ({
  label: "train",
  done,
  total: 4000,
  unit: "images",
  ...more,
});

/** A progress whose clock and output the test holds. */
function setUp(terminal: boolean, columns?: number) {
  const state = { ms: 1000, text: "" };
  const progress = createProgress({
    terminal,
    columns,
    write: (text) => state.text += text,
    now: () => state.ms,
  });
  return { state, progress };
}

Deno.test("createProgress() writes plain lines at most every 5 seconds", () => {
  const { state, progress } = setUp(false);
  progress.start(CELL);
  for (let second = 0; second <= 11; second++) {
    state.ms = 1000 + second * 1000;
    progress.update(at(second * 100, { loss: 1.5, accuracy: 0.25 }));
  }
  assertEquals(
    state.text,
    "[3/10] sl/natural/seed-0  train 500/4,000 images  100 images/s  loss 1.500  25.0 %  35 s left\n" +
      "[3/10] sl/natural/seed-0  train 1,000/4,000 images  100 images/s  loss 1.500  25.0 %  30 s left\n",
  );
});

Deno.test("createProgress() measures the rate of each stage by itself", () => {
  const { state, progress } = setUp(false);
  progress.start(CELL);
  progress.update(at(0));
  state.ms += 5000;
  progress.update(at(4000));
  state.ms += 1000;
  progress.update(at(0, { label: "attack" }));
  state.ms += 5000;
  progress.update(at(50, { label: "attack", total: 100 }));
  assertStringIncludes(state.text, "train 4,000/4,000 images  800 images/s  0 ms left\n");
  assertStringIncludes(state.text, "attack 50/100 images  10 images/s  5.0 s left\n");
});

Deno.test("createProgress() overwrites one line on a terminal, no longer than it is wide", () => {
  const { state, progress } = setUp(true, 40);
  progress.start(CELL);
  state.ms += 200;
  progress.update(at(100));
  state.ms += 50;
  progress.update(at(200));
  const parts = state.text.split("\r\x1b[2K");
  assertEquals(parts.length, 3, "the second update comes too soon");
  assertEquals(parts[2].length, 39);
  assertEquals(state.text.includes("\n"), false);
});

Deno.test("createProgress() leaves one line for each finished cell", () => {
  for (const terminal of [true, false]) {
    const { state, progress } = setUp(terminal);
    progress.start(CELL);
    progress.finish(fakeRecord({
      durationMs: 12_000,
      metrics: {
        cleanAccuracy: { value: 0.65, unit: "fraction" },
        robustAccuracy: { value: 0.02, unit: "fraction" },
        attackedCleanAccuracy: { value: 0.625, unit: "fraction" },
        autoAttackAccuracy: { value: 0.01, unit: "fraction" },
      },
    }));
    assertStringIncludes(
      state.text,
      "[3/10] sl/natural/seed-0  done in 12 s  clean 65.0 %  AutoAttack 1.0 % (of clean 62.5 %)  PGD 2.0 %\n",
    );
    progress.finish(fakeRecord({ status: "failed", reason: "Cannot continue: loss is NaN" }));
    assertStringIncludes(state.text, "sl/natural/seed-0  failed: Cannot continue: loss is NaN\n");
  }
});

const OTHER = { name: "cl/natural/seed-0", index: 6, count: 10 };

Deno.test("createProgress() shows all running cells in one line of a terminal", () => {
  const { state, progress } = setUp(true, 80);
  progress.start(CELL);
  progress.start(OTHER);
  state.ms += 1000;
  progress.update(at(100), CELL.name);
  state.ms += 1000;
  progress.update(at(1000), OTHER.name);
  const line = "[3/10] sl/natural/seed-0  train 100/4, | [7/10] cl/natural/seed-0  train 1,000/";
  assertEquals(state.text.split("\r\x1b[2K").at(-1), line);
  progress.finish(fakeRecord());
  const [done, rest] = state.text.split("\r\x1b[2K").slice(-2);
  assertEquals(done, "[3/10] sl/natural/seed-0  done in 1.0 s\n");
  assertEquals(rest, "[7/10] cl/natural/seed-0  train 1,000/4,000 images");
});

Deno.test("createProgress() writes plain lines of each running cell, with its own rate", () => {
  const { state, progress } = setUp(false);
  progress.start(CELL);
  progress.start(OTHER);
  for (const second of [1, 2, 3, 4, 5]) {
    state.ms = 1000 + second * 1000;
    progress.update(at(second * 100), CELL.name);
    progress.update(at(second * 10, { label: "probe" }), OTHER.name);
  }
  progress.finish(fakeRecord());
  assertEquals(
    state.text,
    "[3/10] sl/natural/seed-0  train 500/4,000 images  100 images/s  35 s left\n" +
      "[7/10] cl/natural/seed-0  probe 50/4,000 images  10 images/s\n" +
      "[3/10] sl/natural/seed-0  done in 1.0 s\n",
  );
});

Deno.test("createProgress() shows a note once", () => {
  const { state, progress } = setUp(false);
  progress.note("twice");
  progress.note("twice");
  assertEquals(state.text, "twice\n");
});

Deno.test("createProgress() shows a kept cell in one line", () => {
  const { state, progress } = setUp(false);
  progress.keep(CELL, fakeRecord({ metrics: { cleanAccuracy: { value: 0.5, unit: "fraction" } } }));
  assertEquals(state.text, "[3/10] sl/natural/seed-0  kept  clean 50.0 %\n");
});

Deno.test("createProgress() shows how far the whole run is, and estimates the time left from finished cells", () => {
  let ms = 0, text = "";
  const progress = createProgress({ terminal: false, write: (more) => text += more, now: () => ms });
  const names = ["a", "b", "c", "d"];
  progress.begin!({ cells: names.map((name, i) => ({ name, cost: i + 1 })), jobs: 1 });
  progress.keep({ name: "a", index: 0, count: 4 }, fakeRecord({ cell: "a" }));
  progress.start({ name: "b", index: 1, count: 4 });
  ms = 10_000;
  progress.finish(fakeRecord({ cell: "b", durationMs: 10_000 }));
  progress.start({ name: "c", index: 2, count: 4 });
  ms = 25_000;
  progress.finish(fakeRecord({ cell: "c", durationMs: 15_000 }));
  ms = 45_000;
  progress.finish(fakeRecord({ cell: "d", durationMs: 20_000 }));
  const lines = text.trimEnd().split("\n");
  assertEquals(lines.map((line) => line.replace(/^.* {2}/, "")), [
    "kept",
    "2/4 cells", // 2 of 9 units in 10 s
    "3/4 cells, about 20 s left",
    "4/4 cells",
  ]);
});

Deno.test("createProgress() puts the whole run before the cells on a terminal, within its width", () => {
  let text = "";
  const progress = createProgress({
    terminal: true,
    columns: 30,
    write: (more) => text += more,
    now: () => 0,
  });
  progress.begin!({ cells: [{ name: "a", cost: 1 }, { name: "b", cost: 1 }], jobs: 2 });
  progress.start({ name: "a", index: 0, count: 2 });
  progress.start({ name: "b", index: 1, count: 2 });
  const shown = text.split("\x1b[2K").at(-1)!;
  assertEquals(shown, "0/2 cells | [1/2] a | [2/2] b".slice(0, 29));
});

/** A run of `smoke` as it was, no shader cached: guessed cost of each cell, and when it ended in seconds. */
const SMOKE: readonly (readonly [cost: number, endedAt: number])[] = [
  [15, 9.1],
  [20, 11.6],
  [21, 35.2],
  [30, 35.6],
  [7, 35.8],
  [21, 37.1],
  [20, 42.7],
  [20, 43.1],
  [20, 43.7],
  [20, 44],
  [15, 44.2],
  [12, 44.7],
  [21, 46],
  [15, 46.2],
  [12, 46.7],
  [21, 48],
  [15, 48.2],
  [12, 48.7],
  [21, 50],
  [15, 50.2],
  [12, 50.7],
  [21, 52],
  [30, 59.8],
  [20, 60.5],
  [21, 68.6],
  [30, 68.9],
  [12, 69.4],
  [21, 70.1],
  [22, 80.7],
  [20, 82.9],
  [21, 91.8],
  [22, 92],
  [12, 92.4],
  [21, 95.4],
  [22, 95.5],
  [12, 95.9],
  [21, 96.4],
  [119, 126.7],
  [20, 131.8],
  [21, 158.7],
  [119, 159.9],
  [12, 160.9],
  [21, 174.9],
];

Deno.test("createProgress() says how long a real run takes only once that is known within a factor of three", () => {
  let ms = 0, text = "";
  const progress = createProgress({ terminal: false, write: (more) => text += more, now: () => ms });
  progress.begin!({ cells: SMOKE.map(([cost], i) => ({ name: `${i}`, cost })), jobs: 1 });
  const [, end] = SMOKE.at(-1)!;
  let told = 0;
  for (const [i, [, endedAt]] of SMOKE.entries()) {
    ms = 1000 * endedAt;
    text = "";
    progress.finish(fakeRecord({ cell: `${i}` }));
    const [, minutes = "0", seconds] = text.match(/about (?:(\d+) min )?([\d.]+) s left/) ?? [];
    if (seconds === undefined) continue;
    told++;
    const estimate = 60 * Number(minutes) + Number(seconds), rest = end - endedAt;
    assert(estimate < 3 * rest && rest < 3 * estimate + 10, `${endedAt} s: ${text}, in truth ${rest} s`);
  }
  assert(told > SMOKE.length / 2);
});
