/** Finds folders that import each other in a circle. See {@linkcode folderCircles}.
 *
 * @module
 */
import { type Import, isTest } from "./import_rules.ts";

/**
 * Finds folders that import each other in a circle at run time. Type-only imports and imports of tests do not count.
 * A folder's `mod.ts` and `cli.ts` count as folders of their own: they stand for the folder, so its files must not
 * import them.
 *
 * @param imports All imports between files of the repository.
 * @returns One text per circle, with an import behind each edge.
 */
export function folderCircles(imports: readonly Import[]): string[] {
  const edges = new Map<string, Import>();
  for (const one of imports) {
    const [from, to] = [folderOf(one.from), folderOf(one.to)];
    if (one.typeOnly || isTest(one.from) || from === to) continue;
    const name = `${from} -> ${to}`;
    if (!edges.has(name)) edges.set(name, one);
  }
  return circlesOf(graphOf([...edges.keys()])).map((path) => circleText(path, edges));
}

/** The folder that a file counts for: "bench/perf"; "bench/perf/mod.ts" for the face of one. */
export function folderOf(path: string): string {
  const [name, ...parents] = path.split("/").reverse();
  return name === "mod.ts" || name === "cli.ts" ? path : parents.reverse().join("/") || ".";
}

type Graph = ReadonlyMap<string, readonly string[]>;

function graphOf(names: readonly string[]): Graph {
  const graph = new Map<string, string[]>();
  for (const name of names.toSorted()) {
    const [from, to] = name.split(" -> ");
    graph.set(from, [...graph.get(from) ?? [], to]);
  }
  return graph;
}

/** A shortest circle through each folder that lies on one; a circle is listed once. */
function circlesOf(graph: Graph): string[][] {
  const found: string[][] = [], seen = new Set<string>();
  for (const start of graph.keys()) {
    if (seen.has(start)) continue;
    const back = (graph.get(start) ?? []).map((next) => pathBetween(graph, next, start))
      .filter((path) => path !== null).toSorted((a, b) => a.length - b.length)[0];
    if (back === undefined) continue;
    found.push([start, ...back]);
    for (const folder of back) seen.add(folder);
  }
  return found;
}

/** The shortest path from one folder to another, both included; null if there is no path. */
function pathBetween(graph: Graph, from: string, to: string): string[] | null {
  const paths = [[from]], seen = new Set([from]);
  for (const path of paths) {
    const last = path[path.length - 1];
    if (last === to) return path;
    for (const next of graph.get(last) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return null;
}

function circleText(path: readonly string[], edges: ReadonlyMap<string, Import>): string {
  const links = path.slice(1).map((to, i) => edges.get(`${path[i]} -> ${to}`)!);
  const lines = links.map(({ from, line, to }) => `  ${from}:${line} imports ${to}`);
  return `${links[0].from} Cannot import in a circle of folders: ${path.join(" -> ")}\n${lines.join("\n")}`;
}
