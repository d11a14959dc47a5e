import { assertGreater } from "@std/assert";
import { join } from "node:path";
import { Program } from "../../engine/program/program.ts";
import { type HostTensor, readSafetensors } from "../../engine/files/safetensors.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { type Tensor, Variable } from "../../engine/graph/tensor.ts";
import { assertClose } from "../../engine/testing/compare.ts";
import { gpuTest, noGpu } from "../../engine/testing/gpu.ts";
import { release } from "../../engine/graph/variables.ts";
import { dlr } from "./dlr.ts";
import { targetedDlr } from "./targeted_dlr.ts";

interface Inputs {
  readonly logits: Variable;
  readonly y: Variable;
  readonly target: Variable;
}

const LOSSES: Record<string, { symbol: string; build: (inputs: Inputs) => Tensor }> = {
  untargeted: { symbol: "dlr", build: ({ logits, y }) => dlr(logits, y) },
  targeted: {
    symbol: "targetedDlr",
    build: ({ logits, y, target }) => targetedDlr(logits, y, { targets: target }),
  },
};

const shared = Deno.env.get("REALFEATURES_SHARED") ?? join(import.meta.dirname!, "../../../shared");
const path = join(shared, "reference/resnet8_linf.autoattack.safetensors");
const present = await Deno.stat(path).then(() => true, () => false);

for (const [name, { symbol, build }] of Object.entries(LOSSES)) {
  const title = `${symbol}() agrees with the official implementation`;
  if (!present || noGpu) {
    const reason = present ? "no adapter" : "no reference data";
    Deno.test({ name: `${title} (ignored: ${reason})`, ignore: true, fn() {} });
    continue;
  }
  const { tensors } = await readSafetensors(path);
  gpuTest(title, async (gpu) => {
    const logits = tensors.get("dlr.logits")!;
    const inputs = {
      logits: new Variable("logits", f32(...logits.shape), logits.data as Float32Array),
      y: classes("y", tensors.get("dlr.y")!),
      target: classes("target", tensors.get("dlr.target")!),
    };
    const program = await Program.compile(gpu, symbol, () => ({ loss: build(inputs) }));
    program.run();
    const found = await program.read("loss");
    const expected = Array.from(tensors.get(`dlr.${name}`)!.data, Number);
    assertGreater(expected.length, 0);
    assertClose(symbol, found, { expected, atol: 1e-5, rtol: 1e-5 });
    program.dispose();
    release(gpu, Object.values(inputs));
  });
}

function classes(name: string, { shape, data }: HostTensor): Variable {
  return new Variable(name, u32(...shape), Uint32Array.from(data, Number));
}
