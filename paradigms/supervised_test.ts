import { batches } from "../datasets/batches.ts";
import { toFloat } from "../datasets/types.ts";
import { gradients } from "../engine/autograd.ts";
import { asTensor, trace } from "../engine/graph.ts";
import { nchwToNhwc } from "../engine/layout.ts";
import { clipGradNorm } from "../engine/optim/clip.ts";
import { sgd } from "../engine/optim/sgd.ts";
import { stream } from "../engine/random.ts";
import { evaluateReference, type ReferenceState } from "../engine/reference.ts";
import { f32, u32 } from "../engine/shape.ts";
import { assertClose } from "../engine/testing/compare.ts";
import { gpuTest } from "../engine/testing/gpu.ts";
import { Variable } from "../engine/tensor.ts";
import { DATA, releaseAll, smallLearner, smallTrainer } from "./_testing.ts";

/**
 * Ten losses of a small network, in float64. Guards what both sides of other tests share: data, initial weights, order
 * of examples. Written anew by REALFEATURES_WRITE_GOLDEN=1 deno task test paradigms/supervised_test.ts
 */
const GOLDEN = new URL("./supervised_golden.json", import.meta.url);
const BATCH = 16, SIZE = 12, STEPS = 10, LEARNING_RATE = 0.05;

/** The same training by the operations' references, without a GPU. */
function referenceLosses(): number[] {
  const { parameters, loss } = smallLearner();
  const optimizer = sgd({ momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
  const images = new Variable("images", f32(BATCH, SIZE, SIZE, 3)),
    labels = new Variable("labels", u32(BATCH));
  const { graph, result } = trace(() => {
    const { loss: value } = loss({ images: asTensor(images), labels });
    optimizer.step(parameters, clipGradNorm(gradients(value, parameters), 1));
    return value;
  });
  const order = batches(stream(0, "batches"), { count: DATA.train.count, batchSize: BATCH });
  const pixels = nchwToNhwc(toFloat(DATA.train), [DATA.train.count, 3, SIZE, SIZE]), size = 3 * SIZE * SIZE;
  const state: ReferenceState = new Map([[optimizer.scalars, {
    shape: [],
    data: Float64Array.of(LEARNING_RATE),
  }]]);
  return Array.from({ length: STEPS }, (_, step) => {
    const examples = [...order.at(step)];
    const batch = examples.flatMap((i) => [...pixels.subarray(i * size, (i + 1) * size)]);
    state.set(images, { shape: images.shape, data: Float64Array.from(batch) });
    state.set(labels, { shape: [BATCH], data: Float64Array.from(examples, (i) => DATA.train.labels[i]) });
    return evaluateReference(graph, [result], state)[0].data[0];
  });
}

async function readGolden(): Promise<number[]> {
  if (Deno.env.get("REALFEATURES_WRITE_GOLDEN")) {
    await Deno.writeTextFile(GOLDEN, JSON.stringify({ losses: referenceLosses() }, null, 2) + "\n");
  }
  return JSON.parse(await Deno.readTextFile(GOLDEN)).losses;
}

Deno.test("supervised trains in float64 to its ten golden losses", async () => {
  assertClose("losses", referenceLosses(), { expected: await readGolden(), atol: 0, rtol: 1e-9 });
});

for (const variant of ["buffer", "texture"] as const) {
  gpuTest(`supervised trains on the GPU to its ten golden losses, ${variant}`, async (gpu) => {
    const learner = smallLearner();
    const trainer = await smallTrainer(gpu, learner, { set: DATA.train, cropPadding: 0, flip: false });
    const { losses } = await trainer.epoch();
    trainer.dispose();
    releaseAll(gpu, learner);
    assertClose("losses", losses.subarray(0, STEPS), { expected: await readGolden(), atol: 0, rtol: 1e-4 });
  }, variant);
}
