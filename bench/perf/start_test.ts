import { assert, assertEquals, assertRejects } from "@std/assert";
import { measureStarts } from "./start.ts";
import { fakeStart } from "./testing.ts";

const signal = new AbortController().signal;

Deno.test("measureStarts() starts cold in an empty folder, then twice in the same, and removes it", async () => {
  const folders: string[] = [];
  const { cold, second, warm } = await measureStarts({
    starts: 2,
    signal,
    start: async (cacheDir) => {
      folders.push(cacheDir);
      const files = (await Array.fromAsync(Deno.readDir(cacheDir))).length;
      await Deno.writeTextFile(`${cacheDir}/shader-${files}`, "");
      return fakeStart(1000 + files);
    },
  });
  const totals = [cold, second, warm].map((times) => times.map(({ totalMs }) => totalMs));
  assertEquals(totals, [[1000, 1000], [1001, 1001], [1002, 1002]]);
  assertEquals([folders[0] === folders[2], folders[2] === folders[3]], [true, false]);
  for (const folder of folders) await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
});

Deno.test("measureStarts() removes the folder where a start fails, and stops on an abort", async () => {
  let folder = "";
  const start = (cacheDir: string) => {
    folder = cacheDir;
    return Promise.reject(new Error("Cannot measure a start: the process failed"));
  };
  await assertRejects(() => measureStarts({ starts: 1, signal, start }), Error, "the process failed");
  await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
  const aborted = AbortSignal.abort(new DOMException("Cannot continue: interrupted", "AbortError"));
  folder = "";
  await assertRejects(() => measureStarts({ starts: 1, signal: aborted, start }), DOMException);
  assert(folder === "");
});
