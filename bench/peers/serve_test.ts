import { assertEquals, assertGreater } from "@std/assert";
import { withTempDir } from "../testing.ts";
import { writeInputs } from "./input_file.ts";
import { serve } from "./serve.ts";

/** Sends lines, and the replies to them. */
async function talk(
  lines: readonly string[],
  runs: number[] = [],
): Promise<Record<string, unknown>[]> {
  const replies: Record<string, unknown>[] = [];
  const open = () =>
    Promise.resolve({
      version: "1",
      backend: "none",
      device: "made up",
      more: 7,
      prepare: (workload: string, inputs: ReadonlyMap<string, { data: Float32Array }>) => {
        if (workload === "conv") return Promise.reject(new RangeError("Cannot convolve: no"));
        return Promise.resolve({
          checks: { values: [...inputs.get("a")!.data] },
          run: async (steps: number) => {
            runs.push(steps);
            await new Promise((resolve) => setTimeout(resolve, 20));
          },
        });
      },
    });
  const input = ReadableStream.from([lines.map((line) => line + "\n").join("")])
    .pipeThrough(new TextEncoderStream());
  await serve(open, { input, write: (reply) => replies.push(JSON.parse(JSON.stringify(reply))) });
  return replies;
}

Deno.test("serve() opens, prepares, times and stops, with the id of each request", async () => {
  await withTempDir(async (inputs) => {
    await writeInputs(inputs, new Map([["a", { shape: [2], data: Float32Array.of(1, 2) }]]));
    const runs: number[] = [];
    const [opened, ready, sample, stopped, ...more] = await talk([
      `{"id":4,"do":"open"}`,
      "not a request",
      JSON.stringify({ id: 5, do: "setup", workload: "step", inputs }),
      `{"id":6,"do":"sample","workload":"step","steps":5}`,
      `{"id":7,"do":"stop"}`,
      `{"id":8,"do":"open"}`,
    ], runs);
    assertEquals(opened, { id: 4, more: 7, version: "1", backend: "none", device: "made up" });
    assertEquals(ready, { id: 5, checks: { values: [1, 2] } });
    assertEquals([sample!.id, stopped, more, runs], [6, { id: 7 }, [], [5]]);
    assertGreater(Number(sample!.ms), 3.5);
  });
});

Deno.test("serve() replies with errors and keeps serving", async () => {
  await withTempDir(async (inputs) => {
    await writeInputs(inputs, new Map());
    const replies = await talk([
      JSON.stringify({ id: 1, do: "setup", workload: "conv", inputs }),
      `{"id":2,"do":"open"}`,
      JSON.stringify({ id: 3, do: "setup", workload: "conv", inputs }),
      `{"id":4,"do":"sample","workload":"conv","steps":1}`,
    ]);
    assertEquals(replies.map((reply) => reply!.error ?? null), [
      "Cannot prepare conv: the peer is not open",
      null,
      "Cannot convolve: no",
      "Cannot time conv: it is not prepared",
    ]);
    assertEquals(replies[2].name, "RangeError");
  });
});
