/** Rules for imports between files. See {@linkcode importProblems}.
 *
 * @module
 */

/** One import: paths relative to the repository root, with forward slashes. */
export interface Import {
  /** The importing file. */
  from: string;
  /** The imported file. */
  to: string;
  /** The text between the quotes. */
  specifier: string;
  /** Line of the import, from 1. */
  line: number;
  /** Does it import types only? */
  typeOnly: boolean;
}

/** The folders of the product, lowest first: a file imports from its own folder or from those before it. */
export const LAYERS = ["common", "settings", "engine", "attacks", "datasets", "paradigms", "bench"] as const;

/** The same inside `engine`. What is not listed is the foundation, below all of these. */
export const ENGINE_LAYERS = [
  "engine/arrays/",
  "engine/files/",
  "engine/wgsl/",
  "engine/autotune/",
  "engine/device/",
  "engine/graph/",
  "engine/program/",
  "engine/ops/",
  "engine/autograd/",
  "engine/nn/",
  "engine/optim/",
  "engine/mod.ts",
];

/**
 * The same inside `bench`; folders of one line stand side by side. Other files of `bench` (what starts the commands) are not
 * ranked. {@linkcode folderCircles} sees to it that nothing of a level imports another of it in a circle.
 */
export const BENCH_LAYERS = [
  ["bench/records/", "bench/statistics/"],
  ["bench/terminal/"],
  ["bench/adapter/"],
  ["bench/config/"],
  ["bench/record/"],
  ["bench/store/"],
  ["bench/plan/"],
  ["bench/cells/"],
  ["bench/jobs/"],
  ["bench/run/"],
  ["bench/reproduce/", "bench/verify/"],
  ["bench/attack/", "bench/perf/", "bench/peers/", "bench/compare/"],
  ["bench/commands/"],
  ["bench/mod.ts", "bench/cli.ts"],
] as const;

/** The readers of records, and statistics: leaves, which import nothing of ours but `common`. */
const LEAVES = ["bench/records/", "bench/statistics/"];

/** All of the product that `reports` reads, so that a page can be rebuilt from JSON without a GPU. */
const REPORTS_MAY_READ = [...LEAVES, "common/"];

/** Finds the imports that point the wrong way.
 *
 * Checked: the order of the folders and, inside `engine` and `bench`, of their parts; that `reports` imports only
 * `bench/records`, `bench/statistics` and `common` of the rest; that the two leaves of `bench` import
 * `common` alone; that files starting with `_` stay in their folder; that tests alone use `engine/testing`; that nothing
 * names a file of `tools/` but through the import map; and that no files import each other in a circle (types aside: they
 * are gone at run time). `folder_circles.ts` checks the same of folders.
 *
 * @param imports All imports between files of the repository.
 * @returns One line per problem: file, line, and the rule.
 */
export function importProblems(imports: readonly Import[]): string[] {
  const problems: string[] = [];
  for (const one of imports) {
    for (const reason of reasons(one)) {
      problems.push(`${one.from}:${one.line} Cannot import ${one.to}: ${reason}`);
    }
  }
  return [...problems, ...cycles(imports)];
}

function* reasons({ from, to, specifier, typeOnly }: Import): Generator<string> {
  const fromTop = topFolder(from);
  const toTop = topFolder(to);
  const order = LAYERS as readonly string[];
  if (order.includes(fromTop) && order.indexOf(toTop) > order.indexOf(fromTop)) {
    yield `${toTop} is above ${fromTop}, the order is ${order.join(" < ")}`;
  }
  if (order.includes(fromTop) && toTop === "reports") {
    if (fromTop !== "bench") yield `reports is above ${fromTop}`;
  }
  const mayRead = REPORTS_MAY_READ.some((start) => to.startsWith(start));
  if (fromTop === "reports" && toTop !== "reports" && toTop !== "tools" && !mayRead) {
    yield `reports reads nothing of ours but ${REPORTS_MAY_READ.join(", ")}`;
  }
  const leaf = LEAVES.find((start) => from.startsWith(start));
  if (leaf !== undefined && !to.startsWith(leaf) && !["common", "tools"].includes(toTop) && !isTest(from)) {
    yield `${leaf} imports nothing of ours but common/`;
  }
  if (fromTop === "engine" && toTop === "engine" && !isTest(from) && engineLayer(to) > engineLayer(from)) {
    yield `${layerName(to)} is above ${layerName(from)}, the order is foundation < ${
      ENGINE_LAYERS.join(" < ")
    }`;
  }
  const [below, above] = [benchLayer(to), benchLayer(from)];
  if (above >= 0 && below > above && !typeOnly && !isTest(from)) {
    const order = BENCH_LAYERS.map((level) => level.join(", ")).join(" < ");
    yield `${BENCH_LAYERS[below].join(", ")} is above ${
      BENCH_LAYERS[above].join(", ")
    }, the order is ${order}`;
  }
  if (fileName(to).startsWith("_") && folder(from) !== folder(to)) {
    yield "files starting with _ are private to their folder";
  }
  if (to.startsWith("engine/testing/") && !isTest(from)) {
    yield "engine/testing is for tests";
  }
  if (toTop === "tools" && fromTop !== "tools" && specifier.startsWith(".")) {
    yield "tools is not part of the product, use the name in the import map";
  }
}

/** Finds one circle through each file that lies on one, each circle once. */
function cycles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (!typeOnly) next.set(from, [...next.get(from) ?? [], to]);
  }
  const done = new Set<string>();
  const path: string[] = [];
  const found: string[] = [];
  function visit(file: string): void {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push(`${file} Cannot import in a circle: ${[...path.slice(start), file].join(" -> ")}`);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const to of next.get(file) ?? []) visit(to);
    path.pop();
    done.add(file);
  }
  for (const file of [...next.keys()].sort()) visit(file);
  return found;
}

function engineLayer(path: string): number {
  return ENGINE_LAYERS.findIndex((start) => path.startsWith(start));
}

function benchLayer(path: string): number {
  return BENCH_LAYERS.findIndex((level) => level.some((start) => path.startsWith(start)));
}

function layerName(path: string): string {
  return ENGINE_LAYERS[engineLayer(path)] ?? "the engine's foundation";
}

/** Whether a file is a test, or helps tests alone. */
export function isTest(path: string): boolean {
  return /_test(ing.*)?\.ts$|\/testing[^/]*\.ts$|\/testing\//.test(path);
}

function topFolder(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

function folder(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
