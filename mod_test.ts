import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BENCH } from "./bench/commands/table.ts";
import { DATA } from "./datasets/cli.ts";
import * as library from "./mod.ts";

/** The functions of each command. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  "bench": ["runBench"],
  "bench plan": ["planBench", "benchStates"],
  "bench reproduce": ["reproduceRecord"],
  "bench verify": ["verifyRun"],
  "bench attack": ["attackNetwork"],
  "bench perf": ["measurePerf", "memoryFaults"],
  "bench peers": ["comparePeers"],
  "bench compare": ["compareRuns", "formatComparison"],
  "bench history": ["readHistory", "appendHistory", "pruneHistory"],
  "report": ["writeReport", "loadPerformance", "writePerformance"],
  "data cifar10": ["fetchCifar10", "cifar10"],
  "data planted": ["writePlantedSheets"],
};

Deno.test("mod.ts has a function for each command, and docs/library.md names it", async () => {
  const commands = [
    "bench",
    ...Object.keys(BENCH.commands).map((name) => `bench ${name}`),
    "report",
    ...Object.keys(DATA.commands).map((name) => `data ${name}`),
  ];
  assertEquals(Object.keys(FUNCTIONS).sort(), commands.sort());
  const exported: Readonly<Record<string, unknown>> = library;
  const lines = (await Deno.readTextFile(new URL("docs/library.md", import.meta.url))).split("\n");
  for (const [command, names] of Object.entries(FUNCTIONS)) {
    const rows = lines.filter((line) => line.startsWith(`| \`deno task ${command}`)).join("\n");
    for (const name of names) {
      assert(typeof exported[name] === "function", name);
      assertStringIncludes(rows, `\`${name}(`);
    }
  }
});
