/** Seeded damage to every file that is read back. */
import { assert, assertEquals } from "@std/assert";
import { mutate } from "../../engine/testing/mutate.ts";
import { noGpu } from "../../engine/testing/gpu.ts";
import { assertPlain } from "./testing_plain.ts";
import { runCells } from "./testing_run.ts";
import { makeTargets, type Read, type Target } from "./testing_targets.ts";

/** Damages to each kind of file. */
const TIMES = 200;
/** The longest that reading one file may take. */
const MOST_MS = 10_000;

/** Why damage to a file is a fault; null where it is refused, named, visible or without effect. */
async function faultOf({ path, read }: Target, whole: Read, bytes: Uint8Array): Promise<string | null> {
  await Deno.writeFile(path, bytes);
  const from = performance.now();
  try {
    const found = await read();
    if (performance.now() - from > MOST_MS) return `took ${performance.now() - from} ms`;
    if (found === null || found.content === whole.content) return null;
    return found.known !== undefined && found.known !== whole.known
      ? null
      : `was read as ${differing(found.content, whole.content)}`;
  } catch (error) {
    assertPlain(error);
    return null;
  }
}

/** Where two texts part. */
function differing(a: string, b: string): string {
  const at = [...a].findIndex((c, i) => c !== b[i]);
  return `"${a.slice(Math.max(0, at - 60), at + 60)}" instead of "${b.slice(Math.max(0, at - 60), at + 60)}"`;
}

Deno.test({
  name: "reading a damaged file refuses it, sets it aside, or finds what was there",
  ignore: noGpu,
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    const dir = await Deno.makeTempDir();
    const { states } = await runCells(`${dir}/run`);
    const faults: string[] = [];
    for (const target of await makeTargets(dir, states)) {
      const bytes = await Deno.readFile(target.path), whole = await target.read();
      assert(whole !== null, target.name);
      const from = performance.now();
      let aside = 0;
      for (let number = 0; number < TIMES; number++) {
        const damage = mutate(bytes, number);
        const fault = await faultOf(target, whole, damage.bytes).catch((error) =>
          `${error.message.slice(0, 500)}`
        );
        if (fault !== null) faults.push(`${target.name}, ${number}, ${damage.what}: ${fault}`);
        await Deno.writeFile(target.path, bytes);
      }
      console.log(target.name, Math.round(performance.now() - from), "ms");
    }
    await Deno.remove(dir, { recursive: true });
    assertEquals(faults.map((f) => f.slice(0, 600)), []);
  },
});
