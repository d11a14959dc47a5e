/** Selects the tests that a change needs first. See {@linkcode testsNear}.
 *
 * @module
 */
import type { Import } from "../import_rules.ts";
import { secondsOf } from "./shares.ts";

/** What {@linkcode testsNear} finds. */
export interface NearTests {
  /** The tests to run, nearest first. */
  run: string[];
  /** Tests that see the change, and take too long for this tier. */
  slow: string[];
  /** Tests that see the change from further away than the budget reaches. */
  far: string[];
}

/**
 * Finds the tests that see a change, nearest first: those in the changed files and folders, then those that import them,
 * then those that import those, as long as the budget lasts. A folder at the bottom is seen by almost every test, so that
 * only a budget bounds the time. Imports of types alone do not count: types are checked as a whole.
 *
 * @param changed Files, or folders without a slash at the end.
 * @param imports All imports between files of the repository.
 * @param tests All test files.
 * @param options `slow`: seconds of slow tests; `slowFrom`: what takes this long, in seconds, is left out unless it was named;
 * `budget`: seconds of all tests together.
 */
export function testsNear(
  changed: readonly string[],
  imports: readonly Import[],
  tests: readonly string[],
  { slow, slowFrom, budget }: {
    slow: Readonly<Record<string, number>>;
    slowFrom: number;
    budget: number;
  },
): NearTests {
  const distance = distances(changed, imports, tests);
  const seen = tests.filter((test) => distance.has(test))
    .toSorted((a, b) => distance.get(a)! - distance.get(b)! || (a < b ? -1 : 1));
  const found: NearTests = { run: [], slow: [], far: [] };
  let seconds = 0;
  for (const test of seen) {
    const its = secondsOf(test, slow);
    if (its >= slowFrom && !changed.includes(test)) found.slow.push(test);
    else if (seconds + its > budget && found.run.length > 0) found.far.push(test);
    else {
      found.run.push(test);
      seconds += its;
    }
  }
  return found;
}

/** How many imports lie between a file and the nearest changed one; files that see no change are left out. */
function distances(
  changed: readonly string[],
  imports: readonly Import[],
  tests: readonly string[],
): Map<string, number> {
  const importers = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (!typeOnly) importers.set(to, [...importers.get(to) ?? [], from]);
  }
  const all = [...tests, ...imports.flatMap(({ from, to }) => [from, to])];
  const isChanged = (path: string) => changed.some((one) => path === one || path.startsWith(`${one}/`));
  const distance = new Map([...new Set(all)].filter(isChanged).map((path) => [path, 0]));
  for (const [path, far] of distance) {
    for (const importer of importers.get(path) ?? []) {
      if (!distance.has(importer)) distance.set(importer, far + 1);
    }
  }
  return distance;
}
