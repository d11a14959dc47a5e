// deno-lint-ignore-file no-console -- an example prints what it finds
/**
 * Trains an encoder without labels by SimCLR, then measures its usefulness with a linear probe.
 *
 * Run: deno run -A examples/train_and_probe.ts
 */
import {
  accuracyOf,
  constant,
  evaluateClean,
  NO_AUGMENTATION,
  openGpu,
  planted,
  sgd,
  simclr,
  Trainer,
  trainProbe,
} from "../mod.ts";

const gpu = await openGpu();
const { train, test } = planted({ size: 12, trainSize: 256, testSize: 128 });
const seed = 0, batchSize = 64;
const learner = simclr.create(
  { encoder: { arch: "resnet8", widths: [4, 8, 8] }, projector: [16, 8], temperature: 0.2 },
  { height: 12, width: 12, classes: train.classNames.length, seed },
);
const trainer = await Trainer.create(gpu, {
  ...{ learner, set: train, batchSize, seed },
  optimizer: sgd({ momentum: 0.9 }),
  schedule: constant({ lr: 0.05 }),
  augmentation: { ...NO_AUGMENTATION, cropPadding: 2, flip: true },
});
for (let epoch = 0; epoch < 3; epoch++) {
  const { losses } = await trainer.epoch();
  console.log(`epoch ${epoch}: NT-Xent ${losses.at(-1)!.toFixed(3)}`);
}
const head = { epochs: 20, batchSize, lr: 0.1, momentum: 0.9, weightDecay: 0, seed };
const probe = await trainProbe(gpu, { learner, set: train, ...head });
const correct = await evaluateClean(gpu, { logits: probe.logits, set: test, batchSize });
console.log(`linear probe: ${(100 * accuracyOf(correct)).toFixed(1)} % of ${test.count} test images`);
gpu.close();
