/** The record of `bench perf`: every sample behind every number. */
import { ENVELOPE } from "./envelope.ts";
import { recordKind, type RecordOf } from "./kind.ts";
import {
  amount,
  count,
  type Infer,
  list,
  mapOf,
  object,
  oneOf,
  orNull,
  pair,
  positive,
  positiveCount,
  refine,
  renamed,
  shown,
  some,
  text,
} from "./rules.ts";

/** The unit of each ceiling. */
const CEILING_UNITS = {
  /** Multiply-adds in registers. */
  arithmetic: "GFLOP/s",
  /** A buffer read and written, both counted; 1 GB is 10^9 bytes. */
  copy: "GB/s",
  /** A buffer summed. */
  read: "GB/s",
  /** A storage texture summed. */
  texture: "GB/s",
  /** An almost empty dispatch among others in one pass. */
  dispatch: "us",
  /** Waiting for an idle queue. */
  wait: "us",
} as const;

const ceilingNames = Object.keys(CEILING_UNITS) as (keyof typeof CEILING_UNITS)[];

/** One measured limit of the adapter. */
const ceiling = refine(
  object({ name: oneOf(...ceilingNames), unit: oneOf("GFLOP/s", "GB/s", "us"), samples: some(positive) }),
  ({ name, unit }) =>
    unit === CEILING_UNITS[name]
      ? []
      : [`.unit is not ${CEILING_UNITS[name]}, the unit of ${name}, got ${shown(unit)}`],
);

/** One operation at one size. */
const kernel = object({
  /** Unique: "conv2d 128x32x32x16 to 16". */
  name: text,
  /** The operation's own name: "conv2d_grad_weights". */
  op: text,
  /** Multiplications and additions of one run; 0 for operations that count their traffic alone. */
  flops: amount,
  /** Inputs read once and outputs written once, as they lie in memory. */
  bytes: amount,
  dispatches: count,
  /** Runs between two waits, in the first sample; later samples find their own number. */
  runs: count,
  /** Milliseconds a run; the share of the one wait is not subtracted. */
  samplesMs: some(positive),
});

const step = {
  /** Unique: "sl resnet8 16,32,64, 32x32". */
  name: text,
  batchSize: positiveCount,
  flopsPerStep: amount,
  dispatchesPerStep: count,
  /** Steps between two waits, in the first sample; later samples find their own number. */
  steps: count,
  /** Milliseconds a step; of an attack, an iteration over the whole batch. */
  samplesMs: some(positive),
};

/** A training step. */
const training = object({
  ...step,
  parameters: count,
  /** From the making of the step to the end of the first one. */
  firstStepMs: amount,
  /** Device bytes held after the first step and after the last. */
  liveBytes: pair(count),
  /** The maximum of device bytes held at once, everything else on the device included. */
  peakBytes: count,
});

/** A step of an attack on a batch. */
const attack = object(step);

/** One start in a process of its own; the parts in order, in milliseconds. */
const startTime = object({
  /** From the command to the first line of our code: Deno, and our modules. Not part of `totalMs`. */
  loadMs: amount,
  /** Generating the images and the initial weights. Not part of `totalMs` either. */
  dataMs: amount,
  /** Adapter, device and the kernel that proves it. */
  openMs: amount,
  /** Recording the step and making its pipelines. */
  compileMs: amount,
  /** The first step, in which drivers compile what they put off. */
  stepMs: amount,
  /** The second step, for comparison. Not part of `totalMs`. */
  nextStepMs: amount,
  /** From opening the device to the end of the first training step. */
  totalMs: amount,
});

/** Starts of the network of the speed goals. */
const start = object({
  network: text,
  /** With an empty shader cache. */
  cold: list(startTime),
  /** With the cache that the cold start left; some drivers leave a few shaders out, and add them now. */
  second: list(startTime),
  /** With the cache that both left. */
  warm: list(startTime),
});

/** Many steps, to find leaks. */
const soak = object({
  network: text,
  steps: positiveCount,
  /** Steps between two samples. */
  every: positiveCount,
  liveBytes: some(positive),
  /** Resident bytes of the process. */
  rssBytes: some(positive),
});

/** Records of `bench perf`. The samples of a quantity are of rounds, each over all quantities. */
export const PERF_RECORD = recordKind({
  schema: "realfeatures/perf",
  what: "the record of bench perf",
  fields: {
    ...ENVELOPE,
    /** The memory that kernels read from: "buffer" or "texture". */
    readPath: text,
    /** The variant of an operation that has several, by operation, shapes and settings. */
    variants: mapOf(text),
    // Parts that were not asked for are empty lists or null.
    ceilings: list(ceiling),
    kernels: list(kernel),
    training: list(training),
    attacks: list(attack),
    start: orNull(start),
    soak: orNull(soak),
    /** The maximum of device bytes held at once during the measurements. */
    peakBytes: count,
  },
  migrations: [(old) => renamed(old, { kernelVariant: "readPath", kernelChoices: "variants" })],
  together: (record) =>
    (["ceilings", "kernels", "training", "attacks"] as const).flatMap((part) => {
      const names = record[part].map(({ name }) => name);
      const twice = names.find((name, i) => names.indexOf(name) < i);
      return twice === undefined ? [] : [`${part} holds ${shown(twice)} twice`];
    }),
});

/** The record of `bench perf`. */
export type PerfRecord = RecordOf<typeof PERF_RECORD>;

/** The name of a ceiling. */
export type CeilingName = keyof typeof CEILING_UNITS;

/** One measured limit of the adapter. */
export type Ceiling = Infer<typeof ceiling>;

/** One operation at one size. */
export type KernelTime = Infer<typeof kernel>;

/** A training step. */
export type TrainingTime = Infer<typeof training>;

/** A step of an attack on a batch. */
export type AttackTime = Infer<typeof attack>;

/** One start in a process of its own. */
export type StartTime = Infer<typeof startTime>;

/** Starts of the network of the speed goals. */
export type StartTimes = Infer<typeof start>;

/** Many steps, to find leaks. */
export type Soak = Infer<typeof soak>;
