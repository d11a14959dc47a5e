import { trace } from "../../engine/graph/graph.ts";
import { Program } from "../../engine/program/program.ts";
import { stream } from "../../common/random.ts";
import { evaluateReference, type ReferenceState } from "../../engine/graph/reference.ts";
import { assertClose } from "../../engine/testing/compare.ts";
import { gpuTest } from "../../engine/testing/gpu.ts";
import type { HostData, Variable } from "../../engine/graph/tensor.ts";
import { read, release, write } from "../../engine/graph/variables.ts";
import { CLASSES, judgeOnHost, logits, noiseImages, SHAPE, SIZE } from "../testing/classifier.ts";
import { allVariables, makeFabVariables, recordIteration, stateOf } from "./_record.ts";

const COUNT = 7, ITERATIONS = 12;

// The host's version has networks, projections (by sorting) and norms in float64. Two runs of five iterations, the second
// from a random start, and the beginning of a third, against another target. Rounding grows along a run.
for (const norm of ["Linf", "L2"] as const) {
  for (const targeted of [true, false]) {
    const title = `${norm}, ${targeted ? "targeted" : "untargeted"}`;
    gpuTest(`recordIteration() agrees with its float64 version over whole runs, ${title}`, async (gpu) => {
      const options = {
        ...{
          name: "fab",
          logits,
          classes: CLASSES,
          targeted,
          norm,
          eps: null,
          slots: COUNT,
          imageShape: SHAPE,
        },
        ...{ targets: targeted ? 2 : 1, iterations: 5, restarts: targeted ? 2 : 3, alphaMax: 0.1, eta: 1.05 },
        ...{ beta: 0.9, officialConstants: false, stream: stream(0, "fab") },
      };
      const variables = makeFabVariables(options), { inputs } = variables;
      const images = noiseImages(COUNT);
      const labels = judgeOnHost(images, new Uint32Array(COUNT)).predictions;
      const values = new Map<Variable, HostData>([
        [inputs.origin, images.slice(0, COUNT * SIZE)],
        [inputs.labels, labels],
        [inputs.examples, labels.map((_, b) => 100 + b)],
        [
          inputs.targets,
          Uint32Array.from({ length: COUNT * options.targets }, (_, k) => {
            return (labels[Math.floor(k / options.targets)] + 1 + k % options.targets) % CLASSES;
          }),
        ],
      ]);
      const host: ReferenceState = new Map();
      for (const [variable, data] of values) {
        write(gpu, variable, data);
        host.set(variable, { shape: variable.shape, data: Float64Array.from(data) });
      }
      const { graph } = trace(() => recordIteration(variables, options));
      const program = await Program.compile(gpu, "fab", () => recordIteration(variables, options));
      for (let iteration = 0; iteration < ITERATIONS; iteration++) {
        program.run();
        evaluateReference(graph, [], host);
      }
      for (const variable of [...stateOf(variables), inputs.slot, inputs.score]) {
        const expected = host.get(variable)!.data;
        assertClose(variable.name, await read(gpu, variable), { expected, atol: 1e-4, rtol: 1e-3 });
      }
      program.dispose();
      release(gpu, [...graph.variables, ...allVariables(variables)]);
    });
  }
}
