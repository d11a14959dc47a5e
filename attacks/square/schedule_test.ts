import { assert, assertEquals } from "@std/assert";
import { type Level, windowLevels } from "./schedule.ts";

const CIFAR = { height: 32, width: 32, pInit: 0.8 } as const;

/** The side at an iteration. */
function sideAt(levels: readonly Level[], iteration: number): number {
  return levels.findLast(({ from }) => from <= iteration)!.side;
}

Deno.test("windowLevels() are those of AutoAttack on 32x32 in Linf", () => {
  const levels = windowLevels({ norm: "Linf", ...CIFAR });
  const last = [10, 50, 200, 500, 1000, 2000, 4000, 4999];
  assertEquals(last.map((i) => sideAt(levels, i)), [29, 20, 14, 10, 7, 5, 4, 3]);
  const first = [0, 11, 51, 201, 501, 1001, 2001, 4001];
  assertEquals(first.map((i) => sideAt(levels, i)), [29, 20, 14, 10, 7, 5, 4, 3]);
});

Deno.test("windowLevels() are odd, as AutoAttack's, on 32x32 in L2", () => {
  const levels = windowLevels({ norm: "L2", ...CIFAR });
  const last = [10, 50, 200, 500, 1000, 2000, 4000, 4999];
  assertEquals(last.map((i) => sideAt(levels, i)), [29, 21, 15, 11, 7, 5, 5, 3]);
});

Deno.test("windowLevels() fit small and long images", () => {
  for (const [height, width] of [[8, 8], [3, 9], [4, 40], [1, 1], [2, 7], [5, 25]]) {
    for (const pInit of [1, 0.8, 0.05]) {
      for (const norm of ["Linf", "L2"] as const) {
        const smaller = Math.min(height, width);
        const levels = windowLevels({ norm, height, width, pInit });
        assertEquals(levels[0].from, 0);
        levels.forEach(({ from, side }, k) => {
          assert(k === 0 || (from > levels[k - 1].from && side < levels[k - 1].side));
          assert(side >= 1 && side <= smaller);
          if (norm === "L2" && smaller >= 3) assert(side >= 3 && side % 2 === 1);
        });
      }
    }
  }
});

Deno.test("windowLevels() round halves to even", () => {
  // sqrt(0.05 * 5 * 25) = 2.5.
  assertEquals(windowLevels({ norm: "Linf", height: 5, width: 25, pInit: 0.05 })[0].side, 2);
});
