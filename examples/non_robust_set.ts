// deno-lint-ignore-file no-console -- an example prints what it finds
/**
 * Builds a non-robust set from a network: each image moves within a small ball until the network sees another class, and
 * carries that class as its label. Saves it as a safetensors file that Python reads in one line.
 *
 * Run: deno run -A examples/non_robust_set.ts [OUTPUT]
 */
import {
  constant,
  encodeConstruction,
  NO_AUGMENTATION,
  openGpu,
  planted,
  sgd,
  supervised,
  targetedPgd,
  Trainer,
} from "../mod.ts";

const [output = await Deno.makeTempFile({ suffix: ".safetensors" })] = Deno.args;
const gpu = await openGpu();
const { train } = planted({ size: 12, trainSize: 512, testSize: 1 });
const learner = supervised.create(
  { encoder: { arch: "resnet8", widths: [4, 8, 8] } },
  { height: 12, width: 12, classes: train.classNames.length, seed: 0 },
);
const trainer = await Trainer.create(gpu, {
  ...{ learner, set: train, batchSize: 64, seed: 0, augmentation: NO_AUGMENTATION },
  ...{ optimizer: sgd({ momentum: 0.9 }), schedule: constant({ lr: 0.1 }) },
});
for (let epoch = 0; epoch < 12; epoch++) await trainer.epoch();
const made = await targetedPgd(gpu, {
  ...{ name: "D_det", source: train, count: 128, batchSize: 64, logits: learner.logits!, seed: 1 },
  ...{ targets: "next-class", norm: "L2", eps: 0.5, stepSize: 0.1, steps: 10 },
});
await Deno.writeFile(output, encodeConstruction(made));
const reached = made.reached!.reduce((sum, one) => sum + one, 0) / made.set.count;
console.log(`${made.set.count} images in ${output}`);
console.log(
  `largest L2 distance ${Math.max(...made.l2).toFixed(3)}, ${(100 * reached).toFixed(0)} % reach their label`,
);
gpu.close();
