/** The command with the attacks themselves, on a tiny network. */
import type { AutoAttackFn } from "../../attacks/autoattack/types.ts";
import { assert, assertEquals, assertLess } from "@std/assert";
import { autoAttack } from "../../attacks/autoattack/mod.ts";
import type { Gpu } from "../../engine/device/device.ts";
import { nchwToNhwc } from "../../engine/arrays/layout.ts";
import { loadWeights } from "../../engine/nn/weights.ts";
import { Program } from "../../engine/program/program.ts";
import { readSafetensors } from "../../engine/files/safetensors.ts";
import { f32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { gpuTest, noGpu, sharedGpu } from "../../engine/testing/gpu.ts";
import { release } from "../../engine/graph/variables.ts";
import { PROJECT_ROOT } from "../record/env.ts";
import { withTempDir } from "../testing.ts";
import { readClassifier } from "./classifier.ts";
import { openAttackDevice } from "./device.ts";
import { runCommand } from "../../common/command_line/mod.ts";
import { ATTACK_COMMAND } from "../commands/attack.ts";
import type { AttackRecord } from "../records/attack_record.ts";
import { TEST_SIZE, train, writeInputs } from "./testing.ts";

const ARGS = [
  ...["--norm=Linf", "--eps=1px", "--attacks=apgd-ce,fab-t,square", "--iterations=4", "--queries=60"],
  ...[`--n=${TEST_SIZE}`, "--batch=5", "--variants=fixed", "--json"],
];

/** Runs the command on the machine's adapter. */
async function start(
  args: string[],
  { evaluate = autoAttack as AutoAttackFn, signal = new AbortController().signal } = {},
) {
  let text = "", errors = "";
  const code = await runCommand(ATTACK_COMMAND, args, {
    terminal: null,
    writeReport: null,
    openAttackDevice: openAttackDevice(evaluate),
    signal,
    stdout: (part) => text += part,
    stderr: (part) => errors += part,
  });
  return { code, text, errors };
}

/** Of a network that knows the images by heart, so that there is something to attack. */
async function trainedInputs(gpu: Gpu, dir: string): Promise<string[]> {
  return await writeInputs(dir, (await train(gpu, { widths: [4, 4, 8], steps: 80 })).weights);
}

const outcomes = (dir: string) => Deno.readFile(`${dir}/outcomes.safetensors`);

gpuTest(
  "attack() attacks a network from a file, within eps, and the same when interrupted and resumed",
  async (gpu) => {
    await withTempDir(async (dir) => {
      const inputs = [...await trainedInputs(gpu, dir), ...ARGS];
      const whole = await start([...inputs, `--out=${dir}/whole`]);
      assertEquals(whole.code, 0);
      const { asked, checks, peakBytes, variants }: AttackRecord = JSON.parse(whole.text);
      assertEquals(asked.attacks.map(({ name }) => name), ["apgd-ce", "fab-t", "square"]);
      assertEquals(asked.cleanAccuracy, 1); // each attack gets what the one before it left
      const left = [asked.cleanAccuracy, ...asked.attacks.map(({ robustAccuracy }) => robustAccuracy)];
      assertEquals(asked.attacks.map(({ attacked }, i) => attacked - Math.round(left[i] * TEST_SIZE)), [
        0,
        0,
        0,
      ]);
      assertLess(asked.safety.largestPerturbation, 1 / 255 + 1e-6);
      assert(checks.every(({ passed }) => passed) && peakBytes > 0 && Object.keys(variants).length > 0);

      // Ctrl-C in the middle of each attack, one after the other.
      for (const moment of ["apgd-ce", "fab-t", "square"]) {
        const controller = new AbortController();
        const evaluate: AutoAttackFn = (gpu, options, examples, run) =>
          autoAttack(gpu, options, examples, {
            ...run,
            onProgress: (progress) => {
              run?.onProgress?.(progress);
              if (progress.attack === moment) controller.abort(new DOMException("interrupted", "AbortError"));
            },
          });
        const args = [...inputs, `--out=${dir}/pieces`, "--resume"];
        const { code } = await start(args, { evaluate, signal: controller.signal });
        assertEquals(code, 130);
      }
      assertEquals((await start([...inputs, `--out=${dir}/pieces`, "--resume"])).code, 0);
      assertEquals(await outcomes(`${dir}/pieces`), await outcomes(`${dir}/whole`));
    });
  },
);

gpuTest(
  "openAttackDevice() attacks the network of the file: the images that are kept fool it where the outcomes say so",
  async (gpu) => {
    await withTempDir(async (dir) => {
      const inputs = [...await trainedInputs(gpu, dir), ...ARGS, "--save-images", `--out=${dir}/out`];
      assertEquals((await start(inputs)).code, 0);
      const { tensors } = await readSafetensors(`${dir}/out/outcomes.safetensors`);
      const path = `${dir}/net.safetensors`;
      const { model, tensors: weights } = await readClassifier(path, {
        arch: "resnet8",
        mean: null,
        std: null,
        note: () => {},
      });
      loadWeights(gpu, model, weights);
      const pixels = nchwToNhwc(tensors.get("images")!.data as Float32Array, [TEST_SIZE, 3, 12, 12]);
      const images = new Variable("images", f32(TEST_SIZE, 12, 12, 3), pixels);
      const program = await Program.compile(
        gpu,
        "judge",
        () => ({ y: model.logits(images, { mode: "eval" }) }),
      );
      program.run();
      const scores = await program.read("y");
      const right = Uint8Array.from({ length: TEST_SIZE }, (_, i) => {
        const row = [...scores.slice(10 * i, 10 * i + 10)];
        return row.indexOf(Math.max(...row)) === Number(tensors.get("labels")!.data[i]) ? 1 : 0;
      });
      assertEquals(right, tensors.get("robust")!.data);
      program.dispose();
      release(gpu, [...model.parameters, ...model.buffers, images]);
    });
  },
);

Deno.test("attack() killed by kill -9 ends with the bits of an uninterrupted evaluation when resumed", {
  ignore: noGpu || Deno.build.os === "windows",
  sanitizeResources: false, // the device stays open
  sanitizeOps: false,
}, async () => {
  await withTempDir(async (dir) => {
    const args = [
      ...await trainedInputs(await sharedGpu("buffer"), dir),
      ...ARGS.filter((arg) => !arg.startsWith("--queries")),
      "--queries=400",
    ];
    const command = (out: string) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          "bench/cli.ts",
          "attack",
          ...args,
          `--out=${dir}/${out}`,
          "--resume",
        ],
        cwd: PROJECT_ROOT,
        stdout: "null",
        stderr: "null",
      }).spawn();
    const killed = command("killed"), state = `${dir}/killed/state.safetensors`;
    const saved = () => Deno.stat(state).then(({ size }) => size > 20_000, () => false);
    let ended = false;
    killed.status.then(() => ended = true);
    while (!ended && !await saved()) await new Promise((resolve) => setTimeout(resolve, 5));
    if (!ended) killed.kill("SIGKILL");
    assertEquals((await killed.status).signal, "SIGKILL");
    assertEquals((await command("killed").status).code, 0);
    assertEquals((await command("whole").status).code, 0);
    assertEquals(await outcomes(`${dir}/killed`), await outcomes(`${dir}/whole`));
  });
});
