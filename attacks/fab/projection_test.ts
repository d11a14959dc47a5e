import { assert, assertAlmostEquals } from "@std/assert";
import { join } from "node:path";
import { Program } from "../../engine/program/program.ts";
import { getTensor, readSafetensors, type Safetensors } from "../../engine/files/safetensors.ts";
import { f32, u32 } from "../../engine/arrays/shape.ts";
import { Variable } from "../../engine/graph/tensor.ts";
import { assertClose } from "../../engine/testing/compare.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { read, release } from "../../engine/graph/variables.ts";
import { fabStepImages } from "./fab_step.ts";
import { stepToPlane } from "./projection.ts";

const NORMS = ["Linf", "L2"] as const;

Deno.test("stepToPlane() goes straight to a plane that is near", () => {
  const options = { normal: [3, -4], gap: 0.25 };
  assertClose("Linf", stepToPlane([0.5, 0.5], { ...options, norm: "Linf" }), {
    expected: [-0.25 / 7, 0.25 / 7],
    atol: 1e-12,
    rtol: 0,
  });
  assertClose("L2", stepToPlane([0.5, 0.5], { ...options, norm: "L2" }), {
    expected: [-0.03, 0.04],
    atol: 1e-12,
    rtol: 0,
  });
});

Deno.test("stepToPlane() stays where it stands on the plane, or where the normal is zero", () => {
  for (const norm of NORMS) {
    assert(stepToPlane([0.2, 0.9], { normal: [1, -2], gap: 0, norm }).every((d) => d === 0));
    assert(stepToPlane([0.2, 0.9], { normal: [0, 0], gap: 1, norm }).every((d) => d === 0));
  }
});

Deno.test("stepToPlane() ends at the bounds where the plane is out of reach", () => {
  for (const norm of NORMS) {
    assertClose(norm, stepToPlane([0.2, 0.9, 0.5], { normal: [1, -2, 0], gap: 5, norm }), {
      expected: [-0.2, 0.1, 0],
      atol: 1e-12,
      rtol: 0,
    });
  }
});

Deno.test("stepToPlane() ends on the plane, within the pixel range, where that is possible", () => {
  const normal = [2, -1, 0.5, 0.1], point = [0.1, 0.95, 0.3, 1];
  for (const norm of NORMS) {
    const step = stepToPlane(point, { normal, gap: 0.35, norm });
    assertAlmostEquals(step.reduce((sum, d, i) => sum + normal[i] * d, 0), -0.35, 1e-12);
    step.forEach((d, i) => assert(point[i] + d >= -1e-12 && point[i] + d <= 1 + 1e-12));
  }
});

const shared = Deno.env.get("REALFEATURES_SHARED") ?? join(import.meta.dirname!, "../../../shared");
const path = join(shared, "reference/resnet8_linf.autoattack.safetensors");
const present = await Deno.stat(path).then(() => true, () => false);
const note = present ? "" : " (ignored: no reference data)";
const TOLERANCE = { atol: 1e-4, rtol: 0 };

for (const norm of NORMS) {
  Deno.test({
    name: `stepToPlane() agrees with the official projections, ${norm}${note}`,
    ignore: !present,
    async fn() {
      const { points, normals, gaps, expected, count, size } = projections(await readSafetensors(path), norm);
      for (let i = 0; i < count; i++) {
        const row = (data: Float32Array) => data.subarray(i * size, (i + 1) * size);
        const found = stepToPlane(row(points), { normal: row(normals), gap: gaps[i], norm });
        assertClose(`${norm} step ${i}`, found, { expected: row(expected), ...TOLERANCE });
      }
    },
  });

  const agrees = `fabStepImages() agrees with the official projections, ${norm}${note}`;
  if (!present) Deno.test({ name: agrees, ignore: true, fn() {} });
  else {
    gpuTest(agrees, async (gpu) => {
      const { points, normals, gaps, expected, count, size } = projections(await readSafetensors(path), norm);
      const spec = f32(count, 1, 1, size);
      const variables = {
        images: new Variable("images", spec, points),
        origin: new Variable("origin", spec, points),
        gradient: new Variable("gradient", spec, normals),
        difference: new Variable("difference", f32(count, 1), gaps),
        slot: new Variable("slot", u32(count, 4)),
      };
      const program = await Program.compile(gpu, "projections", () => {
        fabStepImages(variables.images, {
          ...variables,
          norm,
          alphaMax: 0,
          eta: 1,
          officialConstants: false,
        });
      });
      program.run();
      const ends = await read(gpu, variables.images);
      assertClose(`${norm} steps`, ends.map((v, i) => v - points[i]), { expected, ...TOLERANCE });
      program.dispose();
      release(gpu, Object.values(variables));
    });
  }
}

/** The official functions' inputs, with the value of the plane's function at each point, and their outputs. */
function projections(file: Safetensors, norm: "Linf" | "L2") {
  const data = (name: string) => getTensor(file, `proj.${name}`, { dtype: "F32" }).data as Float32Array;
  const points = data("points"), normals = data("w"), b = data("b");
  const count = b.length, size = points.length / count;
  const gaps = Float32Array.from({ length: count }, (_, i) => {
    let value = -b[i];
    for (let k = i * size; k < (i + 1) * size; k++) value += normals[k] * points[k];
    return value;
  });
  return { points, normals, gaps, expected: data(norm.toLowerCase()), count, size };
}
