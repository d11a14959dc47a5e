import { assert, assertEquals, assertMatch } from "@std/assert";
import { f32 } from "../arrays/shape.ts";
import { type Gpu, openGpu } from "../device/device.ts";
import { Variable } from "../graph/tensor.ts";
import { read } from "../graph/variables.ts";
import { assign } from "../ops/assign.ts";
import { conv2d } from "../ops/conv2d.ts";
import { relu } from "../ops/relu.ts";
import { noGpu } from "../testing/gpu.ts";
import { Program } from "./program.ts";

/** A convolution that several variants can compute, run three times; its debug output and values. */
async function debugRun(level: number | null): Promise<{ text: string; values: number[]; timed: boolean }> {
  let text = "";
  const debug = level === null ? null : { level, write: (more: string) => void (text += more) };
  const gpu: Gpu = await openGpu({ readPath: "texture", debug });
  try {
    const x = new Variable(
      "x",
      f32(4, 32, 32, 16),
      Float32Array.from({ length: 65536 }, (_, i) => i % 7 - 3),
    );
    const w = new Variable("w", f32(16, 3, 3, 16), Float32Array.from({ length: 2304 }, (_, i) => i % 5 - 2));
    const y = new Variable("y", f32(4, 32, 32, 16));
    const program = await Program.compile(gpu, "net", () => {
      assign(y, relu(conv2d(x, w, { padding: 1 })));
    });
    for (let i = 0; i < 3; i++) program.run();
    const values = [...await read(gpu, y)].slice(0, 1000);
    program.dispose();
    await gpu.idle();
    await new Promise((resolve) => setTimeout(resolve, 50)); // for the last sums
    return { text, values, timed: gpu.device.features.has("timestamp-query") };
  } finally {
    gpu.close();
  }
}

const options = { ignore: noGpu, sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name: "Program.compile() lists its dispatches at level 1: kernel, operation, workgroups",
  ...options,
  fn: async () => {
    const { text } = await debugRun(1);
    const [head, ...rows] = text.trimEnd().split("\n");
    assertMatch(head, /^program "net": \d+ dispatches, \d+ copies to textures, \d+\.\d MiB$/);
    assert(rows.some((row) => /^ {2}conv2d 3x3 \+ relu +conv2d +\d+ x 1 x 1$/.test(row)), text);
    const dispatches = Number(/(\d+) dispatches/.exec(head)![1]);
    assertEquals(rows.filter((row) => !row.startsWith("  copy to texture")).length, dispatches);
  },
});

Deno.test({
  name: "Program.compile() adds the variants at level 2, times at level 3, WGSL at level 4",
  ...options,
  fn: async () => {
    const { text: two } = await debugRun(2);
    assertMatch(two, /conv2d 3x3 \+ relu +conv2d +\d+ x 1 x 1 +\d+x\d+x\d+\n/);
    const { text: three, timed } = await debugRun(3);
    if (timed) {
      assertMatch(three, /device time of program "net": \d+\.\d{3} ms in 3 runs\n +ms +share +dispatches/);
      const row = /(\d+\.\d{3}) +(\d+\.\d) % +3 +conv2d +conv2d 3x3 \+ relu\n/.exec(three);
      assert(row !== null && Number(row[1]) > 0, three);
    } else assertMatch(three, /^kernels are not timed: .* offers no timestamp-query\n/);
    assert(!three.includes("@compute"));
    const { text: four } = await debugRun(4);
    assertMatch(four, /WGSL of "conv2d 3x3 \+ relu" in "net":\n[^]*@compute @workgroup_size\(64\)/);
  },
});

Deno.test({
  name: "Program.run() gives the same bits at every level, and prints nothing without one",
  ...options,
  fn: async () => {
    const plain = await debugRun(null);
    assertEquals(plain.text, "");
    for (const level of [1, 3]) assertEquals((await debugRun(level)).values, plain.values);
  },
});
