/** Reproductions of cells that compute nothing. */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import type { CellDescription, Workbench } from "../plan/cell.ts";
import { SILENT } from "../run/progress.ts";
import { run } from "../run/run.ts";
import {
  chained,
  fakeWorkbench,
  NO_HASH,
  readContent,
  restoreChained,
  smallPreset,
  withTempDir,
  writeSealed,
} from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import { runCommand } from "../../common/command_line/mod.ts";
import { REPRODUCE_COMMAND } from "../commands/reproduce.ts";
import { servicesFor } from "../commands/testing.ts";

const NATURAL = "sl/natural/seed-0", CONSTRUCT = "construct/robust/seed-0", ROBUST = "sl/robust/seed-0";
const ADVERSARIAL = "sl/adversarial/seed-0";
const SIGNAL = new AbortController().signal;

const openWorkbench = (execute: Workbench["executeCell"] = chained, own: Partial<Workbench> = {}) =>
  fakeWorkbench(execute, { restoreOutput: restoreChained, ...own });

/** Makes a run of four cells and gives back the path of a record's file. */
async function runIn(dir: string, own: Partial<Workbench> = {}): Promise<(cell: string) => string> {
  const only = [NATURAL, ROBUST];
  const request = { preset: smallPreset(), outDir: `${dir}/run`, dataDir: null, command: "test", only };
  const services = { openWorkbench: openWorkbench(chained, own), writeReport: null, progress: SILENT };
  await run(request, { ...services, signal: SIGNAL });
  return (cell) => `${dir}/run/records/${cell.replaceAll("/", "--")}.json`;
}

async function command(args: string[], open = openWorkbench()) {
  const ran: string[] = [];
  const counted: typeof open = async (preset, options) => {
    const workbench = await open(preset, options);
    return {
      ...workbench,
      executeCell: (cell, context) => {
        ran.push(cell.name);
        return workbench.executeCell(cell, context);
      },
    };
  };
  let stdout = "", stderr = "";
  const code = await runCommand(
    REPRODUCE_COMMAND,
    args,
    servicesFor({
      openWorkbench: counted,
      stdout: (text) => stdout += text,
      stderr: (text) => stderr += text,
    }),
  );
  return { code, stdout, stderr, ran };
}

/** Cells that find something else. */
const otherwise = (by: number) => async (cell: CellDescription, context: Parameters<typeof chained>[1]) => {
  const { metrics } = await chained(cell, context);
  const { value, unit } = metrics.cleanAccuracy;
  return { metrics: { ...metrics, cleanAccuracy: { value: value + by, unit } } };
};

Deno.test("reproduce says identical for every record, and takes from the run what the cell needs", async () => {
  await withTempDir(async (dir) => {
    const path = await runIn(dir);
    const inputs: Record<string, string[]> = {
      [NATURAL]: [],
      [ADVERSARIAL]: [],
      [CONSTRUCT]: [ADVERSARIAL],
      [ROBUST]: [ADVERSARIAL, CONSTRUCT],
    };
    for (const [cell, taken] of Object.entries(inputs)) {
      const { code, stdout, ran } = await command([path(cell), "--json", "--quiet"]);
      const found = JSON.parse(stdout);
      assertEquals([code, found.verdict, found.first, found.changed], [0, "identical", null, []]);
      assertEquals([ran, found.taken], [[cell], taken]);
    }
  });
});

Deno.test("reproduce computes again what the run has lost", async () => {
  await withTempDir(async (dir) => {
    const path = await runIn(dir);
    await Deno.remove(`${dir}/run/artifacts/${CONSTRUCT}/output.txt`);
    const { stdout, ran } = await command([path(ROBUST)]);
    assertMatch(stdout, /^sl\/robust\/seed-0: identical, 2 metrics and files compared\n/);
    assertEquals(ran, [CONSTRUCT, ROBUST]);
  });
});

Deno.test("reproduce ends with 3 where a record differs, and names the first metric", async () => {
  await withTempDir(async (dir) => {
    const path = await runIn(dir), before = await Deno.readTextFile(path(NATURAL));
    const near = await command([path(NATURAL)], openWorkbench(otherwise(0.005)));
    assertEquals(near.code, 0);
    assertStringIncludes(near.stdout, "within tolerance, ");
    assertStringIncludes(near.stdout, "First that is not the same: cleanAccuracy: was 0.17, is 0.175");
    for (const args of [["--tolerance", "0.001"], ["--tolerance=0"]]) {
      assertEquals((await command([path(NATURAL), ...args], openWorkbench(otherwise(0.005)))).code, 3);
    }
    const far = await command([path(NATURAL)], openWorkbench(otherwise(0.1)));
    assertEquals(far.code, 3);
    assertStringIncludes(far.stdout, "different, ");
    assertEquals(await Deno.readTextFile(path(NATURAL)), before);
  });
});

Deno.test("reproduce reproduces on another adapter, and says that it is one", async () => {
  await withTempDir(async (dir) => {
    const path = await runIn(dir);
    const { adapter } = await openWorkbench()(smallPreset(), { dataDir: null, signal: SIGNAL });
    const other = openWorkbench(chained, { adapter: { ...adapter, description: "another" } });
    const { code, stdout, ran } = await command([path(CONSTRUCT)], other);
    assertEquals([code, ran], [0, [ADVERSARIAL, CONSTRUCT]]);
    assertStringIncludes(
      stdout,
      'Changed since the record was made: adapter: found "made up for tests, vulkan, unknown driver", expected "another, ',
    );
  });
});

Deno.test("reproduce names the record's driver where it was another, and both are known", async () => {
  await withTempDir(async (dir) => {
    const path = (await runIn(dir, { driver: "Mesa 1.2.3" }))(NATURAL);
    const cases: [string | null, string[]][] = [
      ["Mesa 1.2.3", []],
      ["Mesa 1.2.4", ['driver: found "Mesa 1.2.3", expected "Mesa 1.2.4"']],
      [null, [
        'adapter: found "made up for tests, vulkan, Mesa 1.2", expected "made up for tests, vulkan, unknown driver"',
      ]],
    ];
    for (const [driver, changed] of cases) {
      const { stdout } = await command([path, "--json", "--quiet"], openWorkbench(chained, { driver }));
      assertEquals(JSON.parse(stdout).changed, changed, `${driver}`);
    }
  });
});

Deno.test("reproduce refuses what is no finished record of a run, and wrong options", async () => {
  await withTempDir(async (dir) => {
    const path = (await runIn(dir))(NATURAL);
    const refuses = async (args: string[], part: string) => {
      const error = await assertRejects(() => command(args), UsageError);
      assertStringIncludes(error.message, part);
    };
    await refuses([], "expected RUN/records/CELL.json, given nothing");
    await refuses(
      [path, "--tolerance=-1"],
      "Cannot read --tolerance: must be a number of at least 0, given -1",
    );
    await refuses([`${dir}/none.json`], "it cannot be read");
    const record = await readContent(path);
    const cases: [Record<string, unknown>, string][] = [
      [{ status: "failed" }, "its cell has not finished, it is failed"],
      [{ key: undefined }, "has no key"],
      [{ cell: "x", artifacts: [] }, "the run of its folder has no such cell"],
      [{ configHash: NO_HASH }, "the run of its folder has another configuration by now"],
    ];
    for (const [own, part] of cases) {
      await writeSealed(path, { ...record, ...own });
      await refuses([path], part);
    }
    await writeSealed(path, record);
    await Deno.remove(`${dir}/run/run.json`);
    await refuses([path], "the run.json of its run cannot be read");
  });
});

Deno.test("reproduce refuses a run whose cells have names that lead out of a folder, and writes nothing", async () => {
  await withTempDir(async (dir) => {
    const path = (await runIn(dir))(NATURAL), seed = `../../../../../../../../..${dir}/evil`;
    const record = await readContent(path);
    const manifest = await readContent(`${dir}/run/run.json`);
    const settings = { ...manifest.settings, seeds: [seed] };
    await writeSealed(`${dir}/run/run.json`, { ...manifest, settings });
    const refuses = async (part: string) =>
      assertStringIncludes((await assertRejects(() => command([path]), UsageError)).message, part);
    await refuses("Cannot name a file after a cell: each part of its name must be of letters");
    await writeSealed(path, { ...record, seed, cell: `sl/natural/seed-${seed}` });
    await refuses("it is no record of a cell, cell is not the name of a cell");
    assertEquals(await Array.fromAsync(Deno.readDir(dir), ({ name }) => name), ["run"]);
  });
});
