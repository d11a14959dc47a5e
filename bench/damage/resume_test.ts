/** Runs that go on after their files were damaged. */
import { assert, assertEquals } from "@std/assert";
import { noGpu } from "../../engine/testing/gpu.ts";
import { mutate } from "../../engine/testing/mutate.ts";
import { withTempDir } from "../testing.ts";
import { recordPath } from "../store/run_files.ts";
import { assertPlain } from "./testing_plain.ts";
import { CELLS, copyFolder, type Outcome, runCells } from "./testing_run.ts";

const damageTest = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: noGpu, sanitizeResources: false, sanitizeOps: false, fn });

let made: Promise<{ dir: string; whole: Outcome }> | null = null;

/** The one run whose copies are damaged. */
function wholeRun() {
  return made ??= (async () => {
    const dir = await Deno.makeTempDir();
    return { dir: `${dir}/run`, whole: await runCells(`${dir}/run`) };
  })();
}

/** Goes on with a copy of the run in which one file is damaged; hands on what ran, or null where it was refused. */
async function resumeDamaged(
  path: string,
  damage: (bytes: Uint8Array) => Uint8Array,
): Promise<string[] | null> {
  const { dir, whole } = await wholeRun();
  let ran: string[] | null = null;
  await withTempDir(async (temporary) => {
    const copy = `${temporary}/run`;
    await copyFolder(dir, copy);
    const bytes = await Deno.readFile(`${copy}/${path}`);
    await Deno.writeFile(`${copy}/${path}`, damage(bytes));
    const resume = async () => {
      const { exitCode, records, seen } = await runCells(copy);
      assertEquals([exitCode, Object.fromEntries(records)], [0, Object.fromEntries(whole.records)]);

      return seen.filter((line) => line.startsWith("run ")).map((line) => line.slice(4));
    };
    try {
      ran = await resume();
    } catch (error) {
      if ((error as Error).name === "AssertionError") throw error;
      assertPlain(error);
      await Deno.writeFile(`${copy}/${path}`, bytes);
      assertEquals(await resume(), [], "a refusal loses nothing");
    }
  });
  return ran;
}

damageTest("a run whose manifest is damaged goes on with all cells that were finished", async () => {
  for (let number = 0; number < 6; number++) {
    const ran = await resumeDamaged("run.json", (bytes) => mutate(bytes, number).bytes);
    assert(ran === null || ran.length === 0, `damage ${number}: ${ran} ran again`);
  }
});

damageTest("a cell whose record is damaged runs again, and no other", async () => {
  for (const [number, cell] of [...Object.values(CELLS), ...Object.values(CELLS)].entries()) {
    const ran = await resumeDamaged(recordPath(cell), (bytes) => mutate(bytes, number).bytes);
    assert(ran === null || ran.every((name) => name === cell), `damage ${number}: ${ran} ran again`);
  }
});

damageTest(
  "a cell goes on from a whole state, and runs again from its beginning where that is damaged",
  async () => {
    const { dir, whole } = await wholeRun();
    for (const [number, cell] of Object.values(CELLS).entries()) {
      const { path, bytes } = whole.states.get(cell)!;
      await withTempDir(async (temporary) => {
        const copy = `${temporary}/run`;
        await copyFolder(dir, copy);
        await Deno.remove(`${copy}/${recordPath(cell)}`);
        await Deno.mkdir(`${copy}/checkpoints`, { recursive: true });
        const damaged = Uint8Array.from(bytes);
        damaged[bytes.length - 5 - number] ^= 1; // of the tensors
        await Deno.writeFile(`${copy}/${path}`, damaged);
        const { records, seen } = await runCells(copy);
        assertEquals(records, whole.records);
        assert(seen.some((line) => line.startsWith(`note ${cell}: `)), `${cell}: ${seen.join("; ")}`);
      });
    }
  },
);
