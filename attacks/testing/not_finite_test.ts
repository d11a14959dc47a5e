/** Logits that are not finite: no image is correct by them, under any attack, on host and device alike. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { div, mul } from "../../engine/ops/arithmetic.ts";
import { reduceSum } from "../../engine/ops/reduce_sum.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import { stream } from "../../common/random.ts";
import { f32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { release, write } from "../../engine/graph/variables.ts";
import { autoAttack } from "../autoattack/autoattack.ts";
import { NO_CLASS, predict } from "../autoattack/classifier.ts";
import { ATTACKS } from "../autoattack/types.ts";
import { DIAGNOSTIC } from "../diagnostics/logit_diagnostics.ts";
import { Pgd } from "../pgd/pgd.ts";
import { warnPgd } from "../pgd/pgd_warnings.ts";
import { CLASSES, logits, noiseImages, SHAPE, SIZE } from "./classifier.ts";
import { l2, linf } from "../threat_model/threat_model.ts";

const COUNT = 12, BLACK = [0, 5];
const images = noiseImages(COUNT);
for (const i of BLACK) images.fill(0, i * SIZE, (i + 1) * SIZE);
const labels = new Uint32Array(COUNT);

/** 0 / 0 for black images, and the plain logits times `factor` for others. */
function oddLogits(factor: Variable): typeof logits {
  return (x) => {
    const total = reshape(reduceSum(x, { from: 1 }), [x.shape[0], 1]);
    return mul(mul(logits(x), div(total, total)), factor);
  };
}

const factorOf = (value: number) => new Variable("factor", f32(1), Float32Array.of(value));

gpuTest("Pgd.run() counts no image whose logits are not finite, and warnPgd() names them", async (gpu) => {
  const factor = factorOf(1);
  for (const threatModel of [linf(0), l2(0.1)]) {
    const pgd = await Pgd.compile(gpu, {
      ...{ logits: oddLogits(factor), threatModel, batchSize: COUNT, imageShape: SHAPE },
      ...{ stepSize: 0.01, steps: 3, randomStart: false, stream: stream(0, "pgd") },
    });
    pgd.setBatch({ images, labels, examples: labels.map((_, i) => i) });
    for (const value of [1, NaN, Infinity]) {
      write(gpu, factor, Float32Array.of(value));
      const { before, after, distance, diagnostics } = await pgd.run();
      const odd = value === 1 ? BLACK : [...labels.keys()];
      for (const i of odd) {
        assertEquals([before[i], after[i], distance[i]], [0, 0, 0], `image ${i}, factor ${value}`);
        assert(diagnostics[i] & DIAGNOSTIC.notFinite);
      }
      const [first] = warnPgd({ clean: before, robust: after, diagnostics });
      assertEquals(first.code, "non-finite-logits");
      assertStringIncludes(first.message, `Of ${COUNT} images ${odd.length} have logits that are not finite`);
    }
    pgd.dispose();
  }
  release(gpu, [factor]);
});

gpuTest(
  "autoAttack() counts no image whose logits are not finite, under any attack, and names them",
  async (gpu) => {
    for (const value of [1, NaN]) {
      const factor = factorOf(value);
      for (const norm of ["Linf", "L2"] as const) {
        const found = await autoAttack(gpu, {
          ...{ logits: oddLogits(factor), classes: CLASSES, norm, eps: 0.01, imageShape: SHAPE, seed: 0 },
          ...{ attacks: ATTACKS, iterations: 3, queries: 5 },
        }, { images, labels });
        const odd = value === 1 ? BLACK : [...labels.keys()];
        for (const i of odd) assertEquals([found.clean[i], found.robust[i]], [0, 0], `image ${i}`);
        const codes = found.warnings.map(({ code }) => code);
        assertEquals(codes[0], "non-finite-logits");
        assert(!codes.includes("randomised-model"), codes.join());
        assertEquals(found.safety.notFinite, 0);
      }
      release(gpu, [factor]);
    }
  },
);

Deno.test("predict() gives no class to scores that are not finite", () => {
  const rows = [[1, 3, 2], [NaN, 3, 2], [1, NaN, 2], [1, 3, Infinity], [-Infinity, 3, 2], [NaN, NaN, NaN]];
  assertEquals([...predict(Float32Array.from(rows.flat()), 3)], [1, ...Array(5).fill(NO_CLASS)]);
});
