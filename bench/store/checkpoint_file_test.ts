import { assertEquals, assertMatch } from "@std/assert";
import { type Checkpoint, type Json, loadCheckpoint, saveCheckpoint } from "../../engine/files/checkpoint.ts";
import { CheckpointFile, type TrainingHistory } from "./checkpoint_file.ts";
import { withTempDir } from "../testing.ts";

const HISTORY: TrainingHistory = { losses: [1.5, 0.1 + 0.2], accuracy: null, elapsedMs: 12.5, more: [0.5] };

/** Writes what a trainer would write. */
const write = (path: string, notes: Json) =>
  saveCheckpoint(path, { tensors: new Map(), state: { stepsDone: 3, notes } });

Deno.test("CheckpointFile restores the history bit for bit, with the trainer's own state", async () => {
  await withTempDir(async (dir) => {
    const notes: string[] = [];
    const note = (text: string) => notes.push(text);
    const path = `${dir}/checkpoints/sl--natural.safetensors`;
    assertEquals(await new CheckpointFile(path, { note }).load(), null);
    await new CheckpointFile(path, { pauseMs: 0, now: () => 5, note }).save(HISTORY, write);
    assertEquals(await new CheckpointFile(path, { note }).load(), HISTORY);
    const state = { stepsDone: 3, notes: { ...HISTORY, spentMs: 0 } } as unknown as Json;
    assertEquals((await loadCheckpoint(path)).state, state);
    assertEquals(notes, []);
  });
});

Deno.test("CheckpointFile.save() writes at most once in 30 seconds, counted from its start", async () => {
  await withTempDir(async (dir) => {
    let now = 100;
    const file = new CheckpointFile(`${dir}/c`, { now: () => now, note: () => {} });
    const written: number[] = [];
    for (now of [200, 30_099, 30_100, 50_000, 60_099, 60_100, 200_000]) {
      await file.save(HISTORY, () => {
        written.push(now);
        return Promise.resolve();
      });
    }
    assertEquals(written, [30_100, 60_100, 200_000]);
  });
});

Deno.test("CheckpointFile.load() restarts a cell whose file it cannot use, and says why", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/c.safetensors`;
    const reasonOf = async () => {
      const notes: string[] = [];
      assertEquals(await new CheckpointFile(path, { note: (text) => notes.push(text) }).load(), null);
      assertEquals(notes.length, 1);
      return notes[0];
    };
    await Deno.writeTextFile(path, "cut");
    assertMatch(
      await reasonOf(),
      /^It restarts: its checkpoint cannot be used and is now .*\.corrupt: Cannot read .*3$/,
    );
    assertEquals(await Deno.readTextFile(`${path}.corrupt`), "cut");
    await saveCheckpoint(path, { tensors: new Map(), state: { stepsDone: 3 } });
    assertMatch(await reasonOf(), /holds no history of a training/);
    for (const part of [{ losses: ["1"] }, { losses: null }, { accuracy: "1" }, { spentMs: null }]) {
      const notes = { ...HISTORY, spentMs: 0, ...part } as unknown as Json;
      await saveCheckpoint(path, { tensors: new Map(), state: { notes } });
      assertMatch(await reasonOf(), /holds no history of a training/);
    }
  });
});

Deno.test("CheckpointFile.load() sets a training aside in which one bit was flipped, and says so", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/c.safetensors`, notes: string[] = [];
    const open = () => new CheckpointFile(path, { pauseMs: 0, note: (text) => void notes.push(text) });
    const weights = { dtype: "F32", shape: [4], data: Float32Array.of(1, 2, 3, 4) } as const;
    await open().save(
      HISTORY,
      (path, notes) => saveCheckpoint(path, { tensors: new Map([["w", weights]]), state: { notes } }),
    );
    const whole = await Deno.readFile(path), text = new TextDecoder("latin1").decode(whole);
    for (const at of [whole.length - 1, whole.length - 16, text.indexOf("1.5"), text.indexOf("12.5")]) {
      await Deno.writeFile(path, whole.with(at, whole[at] ^ 1));
      assertEquals(await open().load(), null);
      assertMatch(notes.pop()!, /^It restarts: .*\.corrupt: .* the file is damaged$/);
    }
    await Deno.writeFile(path, whole);
    assertEquals([await open().load(), notes], [HISTORY, []]);
  });
});

Deno.test("CheckpointFile.save() waits longer where saving takes long, ten pauses at most", async () => {
  await withTempDir(async (dir) => {
    let now = 0;
    const file = new CheckpointFile(`${dir}/c`, { now: () => now, note: () => {} });
    const written: number[] = [];
    const saveFor = (ms: number) => () => {
      written.push(now);
      now += ms;
      return Promise.resolve();
    };
    for (const [at, ms] of [[30_000, 4000], [113_999, 0], [114_000, 60_000], [473_999, 0], [474_000, 0]]) {
      now = at;
      await file.save(HISTORY, saveFor(ms));
    }
    assertEquals(written, [30_000, 114_000, 474_000]);
  });
});

Deno.test("CheckpointFile gives back a state bit for bit, and knows one that is damaged", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/checkpoints/c.safetensors`, notes: string[] = [];
    const open = (pauseMs: number) =>
      new CheckpointFile(path, { pauseMs, note: (text) => void notes.push(text) });
    const load = () => open(0).loadState((kept) => kept);
    const data = Float32Array.of(0.1, -0, NaN, 1e-40);
    const state: Checkpoint = {
      tensors: new Map([["a", { dtype: "F32", shape: [4], data }]]),
      state: { done: 3, share: 0.1 + 0.2 },
    };
    assertEquals([await load(), notes], [null, []]);
    await open(1e9).saveState(() => state);
    assertEquals(await load(), null, "it is not time yet");
    await open(1e9).saveState(() => state, { now: true });
    assertEquals(await load(), state);
    const bytes = await Deno.readFile(path), text = new TextDecoder("latin1").decode(bytes);
    for (const at of [text.indexOf("done") + 7, bytes.length - 1]) {
      await Deno.writeFile(path, bytes.with(at, bytes[at] ^ 1));
      assertEquals(await load(), null);
      assertMatch(notes.pop()!, /it has another sha256 than what was written, the file is damaged$/);
    }
    await saveCheckpoint(path, { tensors: new Map(), state: { notes: { ...HISTORY, spentMs: 0 } } });
    assertEquals(await load(), null);
    assertMatch(notes.pop()!, /it holds no state of such a cell$/);
  });
});

Deno.test("CheckpointFile.earlierMs adds up the pieces of a cell, without what was lost", async () => {
  await withTempDir(async (dir) => {
    let now = 0;
    const options = { pauseMs: 0, now: () => now, note: () => {} };
    const path = `${dir}/c.safetensors`;
    for (const earlier of [0, 70, 140]) {
      const file = new CheckpointFile(path, options);
      await file.load();
      assertEquals(file.earlierMs, earlier);
      now += 70;
      await file.save(HISTORY, write);
      now += 1000; // lost: no checkpoint after it
    }
  });
});
