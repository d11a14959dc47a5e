// deno-lint-ignore-file no-console -- an example prints what it finds
/**
 * A training step of one's own: forward pass, gradients and update are recorded once and replayed.
 *
 * Run: deno run -A examples/training_step.ts
 */
import {
  asTensor,
  crossEntropy,
  f32,
  gradients,
  linear,
  meanAll,
  openGpu,
  Program,
  relu,
  sgd,
  stream,
  u32,
  Variable,
} from "../mod.ts";

const gpu = await openGpu();
const random = (name: string, ...shape: number[]) =>
  new Variable(name, f32(...shape), stream(0, name).fillNormal(0, new Float32Array(shape[0] * shape[1])));
// Two classes of points in the plane: inside and outside of a circle.
const points = stream(1, "points").fillNormal(0, new Float32Array(64 * 2));
const inside = Uint32Array.from(
  { length: 64 },
  (_, i) => Number(points[2 * i] ** 2 + points[2 * i + 1] ** 2 < 1),
);
const x = new Variable("x", f32(64, 2), points), y = new Variable("y", u32(64), inside);
const hidden = random("hidden", 16, 2), head = random("head", 2, 16), params = [hidden, head];
const optimizer = sgd({ momentum: 0.9 });

const step = await Program.compile(gpu, "step", () => {
  const loss = meanAll(crossEntropy(linear(relu(linear(asTensor(x), hidden)), head), y));
  optimizer.step(params, gradients(loss, params));
  return { loss };
});
for (let i = 0; i <= 100; i++) {
  optimizer.prepare(gpu, { learningRate: 0.1, step: i });
  step.run();
  if (i % 25 === 0) console.log(`step ${i}: loss ${(await step.read("loss"))[0].toFixed(3)}`);
}
console.log(`${step.dispatches} dispatches a step, ${step.workspaceBytes} bytes of planned memory`);
gpu.close();
