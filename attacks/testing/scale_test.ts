/** No attack's outcome depends on the scale of the logits: linear models, whose exact answer is known. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { type AttackedBy, attackLinear, exactDistances, randomDirections, twoDirections } from "./linear.ts";

const SCALES = [1e-20, 1e-6, 1, 1e3, 1e20];
const EXACT: readonly AttackedBy[] = ["fgsm", "pgd", "apgd-ce", "apgd-dlr", "apgd-t", "fab", "fab-t"];

for (const norm of ["L2", "Linf"] as const) {
  const model = twoDirections(24), distances = exactDistances(model, norm);
  const eps = distances.toSorted((a, b) => a - b)[12];
  // Attacks may miss an image that lies at eps; rounding decides that.
  const clear = distances.map((d) => Math.abs(d - eps) > 0.03 * eps);

  gpuTest(
    `attacks give the exact answer of a linear model at every scale of its logits, ${norm}`,
    async (gpu) => {
      const expected = distances.map((d) => d > eps ? 1 : 0);
      assertGreater(clear.filter((v) => v).length, 16);
      for (const name of EXACT) {
        const found = await attackLinear(gpu, name, { model, norm, eps, scales: SCALES });
        found.forEach((robust, s) => {
          const wrong = robust.filter((v, i) => clear[i] && v !== expected[i]).length;
          assertEquals(wrong, 0, `${name}, logits times ${SCALES[s]}`);
        });
      }
    },
  );

  gpuTest(`Square has one outcome at every scale of a linear model's logits, ${norm}`, async (gpu) => {
    const found = await attackLinear(gpu, "square", { model, norm, eps, scales: SCALES });
    const robust = found[0].filter((v) => v).length;
    assert(robust > 0 && robust < 24, `${robust}`);
    for (const outcome of found) assertEquals(outcome, found[0]);
  });

  gpuTest(
    `PGD and APGD on ten classes leave none robust where none is, at every scale, ${norm}`,
    async (gpu) => {
      const many = randomDirections(24), eps = 2 * Math.max(...exactDistances(many, norm));
      for (const name of ["pgd", "apgd-ce"] as const) {
        const found = await attackLinear(gpu, name, { model: many, norm, eps, scales: SCALES });
        assertEquals(found.map((robust) => robust.filter((v) => v).length), SCALES.map(() => 0), name);
      }
    },
  );
}

gpuTest("the official constants stand still where gradients are as small as they", async (gpu) => {
  const model = twoDirections(24), norm = "L2" as const;
  const eps = 2 * Math.max(...exactDistances(model, norm));
  const run = { model, norm, eps, scales: [1e-20, 1], officialConstants: true };
  const [tiny, plain] = await attackLinear(gpu, "apgd-ce", run);
  assertEquals(plain.filter((v) => v).length, 0);
  assertGreater(tiny.filter((v) => v).length, 0);
});
