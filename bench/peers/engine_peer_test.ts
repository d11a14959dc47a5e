import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { compareChecks } from "./agreement.ts";
import { enginePeer } from "./engine_peer.ts";
import { inputOf } from "./input_file.ts";
import { makeInputs } from "./inputs.ts";
import { MATMUL_SIDE, spreadValues } from "./workloads.ts";

gpuTest(
  "enginePeer() trains from the given weights: the loss falls and every parameter moves",
  async (gpu) => {
    const { checks, run } = await enginePeer(gpu).prepare("step", makeInputs());
    const { losses, ...changes } = checks;
    assert(losses.every((loss, i) => i === 0 || loss < losses[i - 1]), losses.join(", "));
    assertAlmostEquals(losses[0], Math.log(10), 0.1);
    assertEquals(Object.keys(changes).length, 8);
    assert(Object.values(changes).every(([change]) => change > 0), JSON.stringify(changes));
    await run(2);
  },
  "texture",
);

gpuTest("enginePeer() multiplies the given matrices", async (gpu) => {
  const inputs = makeInputs(), n = MATMUL_SIDE;
  const [a, b] = ["matmul.a", "matmul.b"].map((name) => inputOf(inputs, name).data);
  const values = spreadValues(Array.from({ length: n * n }, (_, at) => at)).map((at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[row * n + k] * b[k * n + column];
    return sum;
  });
  const { checks } = await enginePeer(gpu).prepare("matmul", inputs);
  assertEquals(compareChecks(checks, { values }), { otherWorkload: null, notes: [] });
}, "texture");

gpuTest("enginePeer() convolves the given images", async (gpu) => {
  const inputs = makeInputs();
  const { data: x, shape: [, height, width, channels] } = inputOf(inputs, "conv.x");
  const { data: w, shape: [outputs] } = inputOf(inputs, "conv.w");
  const total = 64 * height * width * outputs;
  const values = Array.from({ length: 16 }, (_, i) => {
    const at = Math.floor((i + 0.5) * total / 16);
    const o = at % outputs, px = Math.floor(at / outputs);
    const [n, y0, x0] = [Math.floor(px / (height * width)), Math.floor(px / width) % height, px % width];
    let sum = 0;
    for (let ky = 0; ky < 3; ky++) {
      for (let kx = 0; kx < 3; kx++) {
        const [y, col] = [y0 + ky - 1, x0 + kx - 1];
        if (y < 0 || col < 0 || y >= height || col >= width) continue;
        for (let c = 0; c < channels; c++) {
          sum += x[((n * height + y) * width + col) * channels + c] *
            w[((o * 3 + ky) * 3 + kx) * channels + c];
        }
      }
    }
    return sum;
  });
  const { checks } = await enginePeer(gpu).prepare("conv", inputs);
  assertEquals(compareChecks(checks, { values }), { otherWorkload: null, notes: [] });
}, "texture");
