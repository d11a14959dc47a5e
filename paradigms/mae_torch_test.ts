import { assertAlmostEquals, assertEquals } from "@std/assert";
import { gradients } from "../engine/autograd/autograd.ts";
import { asTensor, trace } from "../engine/graph/graph.ts";
import { stream } from "../common/random.ts";
import { evaluateReference } from "../engine/graph/reference.ts";
import { f32, u32 } from "../engine/arrays/shape.ts";
import { Variable } from "../engine/graph/tensor.ts";
import { assertClose } from "../engine/testing/compare.ts";
import { mae, type MaeConfig } from "./mae.ts";
import { SMALL_MAE } from "./_testing.ts";
import expected from "./mae_torch.json" with { type: "json" };

/** Loss, features and gradients of two random images, by the references in float64. */
function compute(own: Partial<MaeConfig>) {
  const learner = mae.create({ ...SMALL_MAE, ...own }, { height: 12, width: 12, classes: 10, seed: 0 });
  const pixels = stream(1, "images").fillUniform(0, new Float32Array(2 * 12 * 12 * 3));
  const images = new Variable("images", f32(2, 12, 12, 3), pixels), labels = new Variable("labels", u32(2));
  const random = {
    examples: new Variable("examples", u32(2), Uint32Array.of(3, 9)),
    step: new Variable("step", u32()),
    stream: stream(0, "m"),
  };
  const { graph, result } = trace(() => {
    const x = asTensor(images);
    const { loss } = learner.loss({ images: x, labels, view: () => x, random: () => random });
    return [loss, learner.features(x), ...gradients(loss, learner.parameters)];
  });
  const [loss, features, ...grads] = evaluateReference(graph, result);
  const norms = grads.map(({ data }) => Math.sqrt(data.reduce((sum, v) => sum + v * v, 0)));
  return { loss: loss.data[0], features: features.data, norms, names: learner.parameters.map((p) => p.name) };
}

// Tolerances are those of the fixed positions, which are float32 here.
Deno.test("mae agrees with the same network in PyTorch: loss, features, gradient of every parameter", () => {
  const { loss, features, names, norms } = compute({});
  assertAlmostEquals(loss, expected.loss, 1e-7);
  assertClose("features", features, { expected: expected.features, atol: 1e-6, rtol: 0 });
  assertEquals(names.toSorted(), Object.keys(expected.gradientNorms).toSorted());
  const gradientNorms: Record<string, number> = expected.gradientNorms;
  names.forEach((name, i) => {
    assertClose(name, [norms[i]], { expected: [gradientNorms[name]], atol: 1e-9, rtol: 1e-5 });
  });
});

Deno.test("mae agrees with the same network in PyTorch under normalised targets", () => {
  assertAlmostEquals(compute({ normalisePixels: true }).loss, expected.normalisedLoss, 1e-7);
});
