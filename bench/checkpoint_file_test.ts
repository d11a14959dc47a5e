import { assertEquals, assertMatch } from "@std/assert";
import { type Json, loadCheckpoint, saveCheckpoint } from "../engine/checkpoint.ts";
import { CheckpointFile, type TrainingHistory } from "./checkpoint_file.ts";
import { withTempDir } from "./_testing.ts";

const HISTORY: TrainingHistory = { losses: [1.5, 0.1 + 0.2], accuracy: null, elapsedMs: 12.5, more: [0.5] };

/** Writes what a trainer would write. */
const write = (path: string, notes: Json) =>
  saveCheckpoint(path, { tensors: new Map(), state: { stepsDone: 3, notes } });

Deno.test("CheckpointFile gives back the history bit for bit, beside the trainer's own state", async () => {
  await withTempDir(async (dir) => {
    const notes: string[] = [];
    const note = (text: string) => notes.push(text);
    const path = `${dir}/checkpoints/sl--natural.safetensors`;
    assertEquals(await new CheckpointFile(path, { note }).load(), null);
    await new CheckpointFile(path, { pauseMs: 0, note }).save(HISTORY, write);
    assertEquals(await new CheckpointFile(path, { note }).load(), HISTORY);
    assertEquals((await loadCheckpoint(path)).state, { stepsDone: 3, notes: HISTORY } as unknown as Json);
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

Deno.test("CheckpointFile.load() starts anew from a file it cannot use, and says why", async () => {
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
      /^The training starts anew, its checkpoint cannot be used: Cannot read .*3$/,
    );
    await saveCheckpoint(path, { tensors: new Map(), state: { stepsDone: 3 } });
    assertMatch(await reasonOf(), /holds no history of a training/);
    const broken = { ...HISTORY, losses: ["1"] } as unknown as Json;
    await saveCheckpoint(path, { tensors: new Map(), state: { notes: broken } });
    assertMatch(await reasonOf(), /holds no history of a training/);
  });
});
