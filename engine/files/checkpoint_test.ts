import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { temporaryOf } from "../../common/atomic_file.ts";
import { type Json, loadCheckpoint, saveCheckpoint, writeFileAtomic } from "./checkpoint.ts";
import { type HostTensor, writeSafetensors } from "./safetensors.ts";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
}

const tensors = new Map<string, HostTensor>([["w", {
  dtype: "F32",
  shape: [2],
  data: new Float32Array([1, 2]),
}]]);

Deno.test("loadCheckpoint() gives back what saveCheckpoint() was given", () =>
  inFolder(async (folder) => {
    const path = join(folder, "c.safetensors");
    const state = { step: 7, rate: 0.1, order: [1, 2, null], name: 'é"', done: false };
    await saveCheckpoint(path, { tensors, state });
    assertEquals(await loadCheckpoint(path), { tensors, state });
  }));

Deno.test("saveCheckpoint() rejects a state that JSON would change", () =>
  inFolder(async (folder) => {
    const save = (state: unknown) => saveCheckpoint(join(folder, "c"), { tensors, state: state as Json });
    await assertRejects(
      () => save({ a: [1, NaN] }),
      TypeError,
      "state.a[1] must be JSON with finite numbers",
    );
    await assertRejects(() => save({ a: undefined }), TypeError, "state.a must be JSON");
    await assertRejects(() => save(new Map()), TypeError, "state must be JSON");
    assertEquals(await namesIn(folder), []);
  }));

Deno.test("loadCheckpoint() rejects a file that is not a checkpoint", () =>
  inFolder(async (folder) => {
    const path = join(folder, "c.safetensors");
    await writeSafetensors(path, tensors);
    await assertRejects(() => loadCheckpoint(path), SyntaxError, "it is a plain safetensors file");
  }));

Deno.test("writeFileAtomic() names the path it cannot write and leaves nothing behind", () =>
  inFolder(async (folder) => {
    const path = join(folder, "missing", "x.json");
    await assertRejects(() => writeFileAtomic(path, "{}"), Error, `Cannot write ${path}: `);
    await Deno.mkdir(join(folder, "taken"));
    await assertRejects(() => writeFileAtomic(join(folder, "taken"), "{}"), Error, "Cannot write");
    assertEquals(await namesIn(folder), ["taken"]);
  }));

Deno.test("loadCheckpoint() refuses a file with one flipped bit, wherever it lies, and one of an earlier version", () =>
  inFolder(async (folder) => {
    const path = join(folder, "c.safetensors"), state = { step: 7, notes: ["a", 0.25] };
    await saveCheckpoint(path, { tensors, state });
    const whole = await Deno.readFile(path);
    for (let at = 0; at < whole.length; at++) {
      for (const bit of [1, 16]) {
        await Deno.writeFile(path, whole.with(at, whole[at] ^ bit));
        const found = await loadCheckpoint(path).catch((error) => error);
        assert(found instanceof SyntaxError || found instanceof RangeError, `byte ${at}, bit ${bit}`);
      }
    }
    await writeSafetensors(path, tensors, {
      metadata: { "realfeatures.checkpoint": "1", "realfeatures.state": "{}" },
    });
    await assertRejects(() => loadCheckpoint(path), SyntaxError, "of version 2, it is version 1");
  }));

Deno.test("saveCheckpoint() leaves a whole checkpoint when the process is killed while writing", () =>
  inFolder(async (folder) => {
    const path = join(folder, "c.safetensors");
    const script = join(folder, "writer.ts");
    await Deno.writeTextFile(script, writer(path));
    let killedWhileWriting = 0;
    for (let round = 0; round < 20 && killedWhileWriting < 2; round++) {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-lock", "--no-config", script],
        stdout: "piped",
      }).spawn();
      await child.stdout.getReader().read(); // the first whole checkpoint is there
      await new Promise((resolve) => setTimeout(resolve, 10 + 17 * round));
      child.kill("SIGKILL");
      await child.status;
      const { tensors, state } = await loadCheckpoint(path);
      const data = tensors.get("w")!.data as Float32Array;
      assertEquals(data.length, 4_000_000);
      assert(data.every((v) => v === (state as { version: number }).version));
      const leftovers = (await namesIn(folder)).filter((name) => temporaryOf(name) !== null);
      killedWhileWriting += leftovers.length > 0 ? 1 : 0;
      for (const name of leftovers) await Deno.remove(join(folder, name));
    }
    assert(killedWhileWriting > 0, "No kill fell into a write, the test proved nothing");
  }));

/** A program that saves checkpoint after checkpoint, 16 MB each, filled with their number. */
function writer(path: string): string {
  const url = import.meta.resolve("./checkpoint.ts");
  return `import { saveCheckpoint } from ${JSON.stringify(url)};
for (let version = 1;; version++) {
  const data = new Float32Array(4_000_000).fill(version);
  const tensors = new Map([["w", { dtype: "F32", shape: [data.length], data }]]);
  await saveCheckpoint(${JSON.stringify(path)}, { tensors, state: { version } });
  if (version === 1) console.log("saved");
}`;
}
