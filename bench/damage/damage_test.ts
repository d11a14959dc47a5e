/** Seeded damage to every file that is read back. */
import { assert, assertEquals } from "@std/assert";
import { noGpu } from "../../engine/testing/gpu.ts";
import { mutate } from "../../engine/testing/mutate.ts";
import { copyFolder } from "../run/testing_resume.ts";
import { recordPath } from "../store/run_files.ts";
import { formatError } from "../../common/explained.ts";
import { withTempDir } from "../testing.ts";
import { attackTargets } from "./testing_attack.ts";
import { speedTargets } from "./testing_speed.ts";
import { CELLS, type DamageRun, runCells } from "./testing_run.ts";
import { type DamageTarget, makeTargets, type Read } from "./testing_targets.ts";

/** Damages to each file. */
const TIMES = 200;
/** The longest that reading one file may take. */
const MAX_MS = 10_000;

const damageTest = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: noGpu, sanitizeResources: false, sanitizeOps: false, fn });

let made: Promise<{ dir: string; whole: DamageRun }> | null = null;

/** The one run whose copies are damaged. */
function wholeRun() {
  return made ??= (async () => {
    const dir = await Deno.makeTempDir();
    return { dir, whole: await runCells(`${dir}/run`) };
  })();
}

/** Asserts that an error is told in a message that a person can act on, and that no terminal obeys. */
function assertPlain(error: unknown): void {
  const text = formatError(error);
  // deno-lint-ignore no-control-regex -- what a terminal would obey
  const plain = !/looks like a bug|[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(text) && text.length < 2000;
  assert(plain, text.slice(0, 3000));
}

/** Why damage to a file is a fault; null where it is refused, named, visible or without effect. */
async function faultOf({ path, read }: DamageTarget, whole: Read, bytes: Uint8Array): Promise<string | null> {
  await Deno.writeFile(path, bytes);
  const from = performance.now();
  try {
    const found = await read();
    if (performance.now() - from > MAX_MS) return `took ${performance.now() - from} ms`;
    if (found === null || found.content === whole.content) return null;
    if (found.known !== undefined && found.known !== whole.known) return null;
    const at = [...found.content].findIndex((c, i) => c !== whole.content[i]);
    const [other, own] = [found, whole].map(({ content }) => content.slice(Math.max(0, at - 60), at + 60));
    return `was read as ...${other}... instead of ...${own}...`;
  } catch (error) {
    assertPlain(error);
    return null;
  }
}

/** Damages each file again and again; lists what was a fault. */
async function damageAll(targets: readonly DamageTarget[]): Promise<string[]> {
  const faults: string[] = [];
  for (const target of targets) {
    const bytes = await Deno.readFile(target.path), whole = await target.read();
    assert(whole !== null, `${target.name} is not read as it was`);
    for (let number = 0; number < (target.times ?? TIMES); number++) {
      const damage = mutate(bytes, number);
      const fault = await faultOf(target, whole, damage.bytes).catch(({ message }: Error) => message);
      if (fault !== null) faults.push(`${target.name}, ${number}, ${damage.what}: ${fault}`);
    }
    await Deno.writeFile(target.path, bytes);
    assertEquals(await target.read(), whole, `${target.name}: reading damaged files changed something else`);
  }
  return faults;
}

damageTest("reading a damaged file refuses it, sets it aside, or finds what was there", async () => {
  const { dir, whole } = await wholeRun();
  await copyFolder(`${dir}/run`, `${dir}/damaged/run`);
  assertEquals(await damageAll(await makeTargets(`${dir}/damaged`, whole.states)), []);
});

Deno.test("an evaluation whose files are damaged is refused, or ends with the same record", async () => {
  await withTempDir(async (dir) => assertEquals(await damageAll(await attackTargets(dir)), []));
});

Deno.test("a damaged record of speed is refused, a damaged line of a history is named and left out", async () => {
  await withTempDir(async (dir) => assertEquals(await damageAll(await speedTargets(dir)), []));
});

/** Goes on with a copy of the run in which one file is damaged; what ran again, or null where it was refused. */
async function resumeDamaged(path: string, number: number): Promise<string[] | null> {
  const { dir, whole } = await wholeRun();
  let ran: string[] | null = null;
  await withTempDir(async (temporary) => {
    const copy = `${temporary}/run`;
    await copyFolder(`${dir}/run`, copy);
    const bytes = await Deno.readFile(`${copy}/${path}`);
    const resume = async () => {
      const { exitCode, records, seen } = await runCells(copy);
      assertEquals([exitCode, records], [0, whole.records]);
      return seen.filter((line) => line.startsWith("run ")).map((line) => line.slice("run ".length));
    };
    await Deno.writeFile(`${copy}/${path}`, mutate(bytes, number).bytes);
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

damageTest("a run whose manifest is damaged resumes with all cells that were finished", async () => {
  for (let number = 0; number < 4; number++) {
    const ran = await resumeDamaged("run.json", number);
    assert(ran === null || ran.length === 0, `damage ${number}: ${ran} ran again`);
  }
});

damageTest("a cell whose record is damaged runs again, and no other", async () => {
  for (const [i, cell] of Object.values(CELLS).entries()) {
    const number = 10 + i, ran = await resumeDamaged(recordPath(cell), number);
    assert(ran === null || ran.every((name) => name === cell), `damage ${number}: ${ran} ran again`);
  }
});

damageTest("a cell whose state is damaged says so, and begins again to the same record", async () => {
  const { dir, whole } = await wholeRun();
  for (const [i, cell] of Object.values(CELLS).entries()) {
    const { path, bytes } = whole.states.get(cell)!;
    await withTempDir(async (temporary) => {
      const copy = `${temporary}/run`;
      await copyFolder(`${dir}/run`, copy);
      await Deno.remove(`${copy}/${recordPath(cell)}`);
      await Deno.mkdir(`${copy}/checkpoints`, { recursive: true });
      const damaged = bytes.slice();
      damaged[bytes.length - 5 - i] ^= 1; // in its tensors
      await Deno.writeFile(`${copy}/${path}`, damaged);
      const { records, seen } = await runCells(copy);
      assertEquals(records, whole.records);
      assert(seen.some((line) => line.startsWith(`note ${cell}: `)), `${cell}: ${seen.join("; ")}`);
    });
  }
});
