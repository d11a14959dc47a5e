import { sealed } from "../records/seal.ts";
import {
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { readSafetensors } from "../../engine/files/safetensors.ts";
import { fakeManifest, readContent, withTempDir, writeSealed } from "../testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import type { AttackDevice, OpenAttackDevice } from "../attack/device.ts";
import type { AttackRecord } from "../records/attack_record.ts";
import { fakeDevice, fakeResult, TEST_SIZE, TINY, untrained, writeInputs } from "../attack/testing.ts";
import { ATTACK_COMMAND } from "./attack.ts";
import { runCommand } from "../../common/command_line/mod.ts";
import { servicesFor } from "./testing.ts";

const RADIUS = ["--norm=Linf", "--eps=8/255"];
const N = `--n=${TEST_SIZE}`;

type Attack = AttackDevice["attack"];

const succeed: Attack = (_, { labels }) => Promise.resolve(fakeResult(labels.length));

/** Runs the command on a device that pretends. */
async function start(
  args: string[],
  { evaluate = succeed, signal = new AbortController().signal, openDevice = fakeDevice(evaluate) }: {
    evaluate?: Attack;
    signal?: AbortSignal;
    openDevice?: OpenAttackDevice;
  } = {},
) {
  const out = { text: "", errors: "" };
  const code = await runCommand(ATTACK_COMMAND, args, {
    ...servicesFor(),
    openAttackDevice: openDevice,
    signal,
    stdout: (part) => out.text += part,
    stderr: (part) => out.errors += part,
  });
  return { code, ...out };
}

async function names(dir: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(dir)) found.push(name);
  return found.sort();
}

const readRecord = (dir: string): Promise<AttackRecord> => readContent(`${dir}/attack.json`);

Deno.test("attack() hands the images on, writes record and outcomes, and prints a table", async () => {
  await withTempDir(async (dir) => {
    const args = [...await writeInputs(dir), ...RADIUS, N, "--seed=7", "--batch=5", "--queries=9"];
    const asked: unknown[] = [];
    const evaluate: Attack = (options, examples, run) => {
      asked.push(options);
      assertEquals([examples.images.length, examples.labels.length], [TEST_SIZE * 12 * 12 * 3, TEST_SIZE]);
      run.onProgress?.({ attack: "apgd-ce", done: 3, total: 11, correct: 9 });
      return Promise.resolve(fakeResult(TEST_SIZE));
    };
    const { code, text, errors } = await start([...args, `--out=${dir}/out/`], { evaluate });
    assertEquals(code, 0);
    assertEquals(asked, [{
      norm: "Linf",
      eps: 8 / 255,
      imageShape: [12, 12, 3],
      batchSize: 5,
      seed: 7,
      version: "standard",
      iterations: 100,
      queries: 9,
    }]);
    assertMatch(
      text,
      /^resnet8 of widths 4, 4, 8 and 10 classes \(net\.safetensors\) on the first 12 images of planted/,
    );
    assertMatch(text, /\nclean +12 +91\.7 %\napgd-ce +0\.03137 +11 +66\.7 % +0\.01000 +1\.5\nsquare /);
    assertMatch(text, /\nRobust accuracy {2}16\.7 % \(95 % interval over images 4\.7 to 44\.8 %\)\n/);
    assertStringIncludes(
      text,
      "largest perturbation 0.0100000 of 0.0313725, pixels 0 to 0.75, 0 numbers not finite",
    );
    assertStringIncludes(
      text,
      `\nRecord:   ${dir}/out/attack.json\nOutcomes: ${dir}/out/outcomes.safetensors\n`,
    );
    assertStringIncludes(errors, "every attack at Linf 8/255: done in 22.0 s\n");
    assertEquals(await names(`${dir}/out`), ["attack.json", "outcomes.safetensors"]);

    const record = await readRecord(`${dir}/out`);
    assertEquals([record.schema, record.version, record.resumedAt], ["realfeatures/attack", 2, []]);
    assertEquals([record.asked.cleanAccuracy, record.asked.robustAccuracy], [11 / 12, 2 / 12]);
    assertEquals(record.asked.attacks.map(({ name, attacked }) => [name, attacked]), [["apgd-ce", 11], [
      "square",
      8,
    ]]);
    const { configuration, epsLabel, peakBytes, referenceRadius } = record;
    assertEquals([epsLabel, configuration.batchSize, peakBytes, referenceRadius], ["8/255", 5, 4096, null]);
    assertEquals([configuration.weights.widths, configuration.data.n, configuration.seed], [
      [4, 4, 8],
      12,
      7,
    ]);

    const { tensors } = await readSafetensors(`${dir}/out/outcomes.safetensors`);
    assertEquals(
      [...tensors.keys()].sort(),
      ["apgd-ce.correct", "clean", "labels", "perturbation", "robust", "square.correct"],
    );
    assertEquals(tensors.get("robust")!.data, fakeResult(TEST_SIZE).robust);
  });
});

Deno.test("attack() prints nothing but the record with --json and --quiet, and keeps images where asked", async () => {
  await withTempDir(async (dir) => {
    const args = [
      ...await writeInputs(dir),
      ...RADIUS,
      N,
      `--out=${dir}/out`,
      "--json",
      "--quiet",
      "--save-images",
    ];
    const { code, text, errors } = await start(args);
    assertEquals([code, errors], [0, ""]);
    assertEquals(JSON.parse(text), await readRecord(`${dir}/out`));
    const { tensors } = await readSafetensors(`${dir}/out/outcomes.safetensors`);
    assertEquals(tensors.get("images")!.shape, [TEST_SIZE, 3, 12, 12]);
  });
});

Deno.test("attack() evaluates again at the reference code's radius, and sets both side by side", async () => {
  await withTempDir(async (dir) => {
    const args = [
      ...await writeInputs(dir),
      "--norm=L2",
      "--eps=0.5",
      N,
      "--reference-radius",
      `--out=${dir}/out`,
    ];
    const radii: (number | undefined)[] = [];
    const { code, text } = await start(args, {
      evaluate: ({ apgdEps }) => {
        radii.push(apgdEps);
        const safety = { ...fakeResult(1).safety, largestPerturbation: apgdEps ?? 0.5 };
        const { attacks } = fakeResult(TEST_SIZE);
        const robust = new Uint8Array(TEST_SIZE);
        const raised = { attacks: [{ ...attacks[0], correct: robust, safety }], robust, safety };
        return Promise.resolve(fakeResult(TEST_SIZE, apgdEps === undefined ? {} : raised));
      },
    });
    assertEquals([code, radii], [0, [undefined, 0.6]]);
    assertMatch(text, /\nat the radius asked, 0\.5 +16\.7 % .* every attack at L2 0\.5\n/);
    assertMatch(
      text,
      /\nat the reference code's radius +0\.0 % .* 0\.6000 +APGD at L2 0\.6 as in the reference code, others at 0\.5\n/,
    );
    assertStringIncludes(text, " %), at these radii, not at the one asked\n");
    const { asked, referenceRadius } = await readRecord(`${dir}/out`);
    assertEquals([asked.apgdEps, referenceRadius!.apgdEps, referenceRadius!.eps], [0.5, 0.6, 0.5]);
    assertAlmostEquals(referenceRadius!.attacks[0].eps, 0.6);
    assertEquals(await names(`${dir}/out`), [
      "attack.json",
      "outcomes-reference-radius.safetensors",
      "outcomes.safetensors",
    ]);
  });
});

Deno.test("attack() does not evaluate twice where the reference code changes nothing", async () => {
  await withTempDir(async (dir) => {
    const args = [...await writeInputs(dir), ...RADIUS, N, "--reference-radius", `--out=${dir}/out`];
    let calls = 0;
    const { text } = await start(args, { evaluate: (...args) => (calls++, succeed(...args)) });
    assertEquals(calls, 1);
    assertEquals(text.match(/^Robust accuracy /gm)?.length, 1);
    assertStringIncludes(text, "as asked: the reference code changes nothing at Linf 8/255");
    const { asked, referenceRadius } = await readRecord(`${dir}/out`);
    assertEquals(referenceRadius!.robustAccuracy, asked.robustAccuracy);
  });
});

Deno.test("attack() ends with 1 and says so where a perturbation leaves the radius", async () => {
  await withTempDir(async (dir) => {
    const args = [...await writeInputs(dir), "--norm=Linf", "--eps=0.009", N, `--out=${dir}/out`];
    const { code, text, errors } = await start(args);
    assertEquals(code, 1);
    assertStringIncludes(
      errors,
      "Cannot trust this evaluation: perturbations within eps fails, every attack at Linf",
    );
    assertStringIncludes(text, "Did not pass the check perturbations within eps");
  });
});

Deno.test("attack() shows warnings with their codes", async () => {
  await withTempDir(async (dir) => {
    const args = [...await writeInputs(dir), ...RADIUS, N, `--out=${dir}/out`];
    const warnings = [{ code: "zero-gradients", message: "3 of 12 images have none" }] as const;
    const { text } = await start(args, {
      evaluate: () => Promise.resolve(fakeResult(TEST_SIZE, { warnings })),
    });
    assertStringIncludes(
      text,
      "\nWarning zero-gradients: 3 of 12 images have none (docs/attacks.md, Warnings)\n",
    );
  });
});

Deno.test("attack() notes a prefix of all names, and missing counters", async () => {
  await withTempDir(async (dir) => {
    const tensors = new Map(
      [...untrained(TINY)].filter(([name]) => !name.endsWith("tracked")).map((
        [name, t],
      ) => [`module.${name}`, t]),
    );
    const { code, errors } = await start([
      ...await writeInputs(dir, tensors),
      ...RADIUS,
      N,
      `--out=${dir}/out`,
    ]);
    assertEquals(code, 0);
    assertStringIncludes(errors, "begin with module., which is left out\n");
    assertStringIncludes(errors, "9 layers have no usable num_batches_tracked; no score needs it\n");
  });
});

Deno.test("attack() shows its help", async () => {
  const { code, text } = await start(["--help"]);
  assertEquals(code, 0);
  for (
    const part of ["--weights FILE", "--reference-radius", "--eps RADIUS", "Usage: deno task bench attack"]
  ) {
    assertStringIncludes(text, part);
  }
});

/** Inputs that do not fit each other: args after those of {@linkcode writeInputs}, and what is said. */
const REFUSED: [what: string, change: (dir: string) => string[] | Promise<string[]>, message: RegExp][] = [
  [
    "more images than there are",
    () => ["--n=13"],
    /^Cannot take the first 13 images: planted\/test has 12, given --n 13$/,
  ],
  ["weights that are not there", () => ["--weights=none"], /^Cannot read none: no such file or folder$/],
  [
    "weights of another architecture",
    () => ["--arch=resnet18"],
    /^Cannot load weights .*missing: layer1\.1\.conv1\.weight, .*\nHint: the names are those of resnet8: --arch resnet8$/s,
  ],
  [
    "an encoder without a classifier",
    (dir) => writeInputs(dir, new Map([...untrained(TINY)].filter(([name]) => !name.startsWith("linear")))),
    /^Cannot load weights .*missing: linear\.weight, linear\.bias\nHint: this is an encoder without its last layer/,
  ],
  [
    "a label that the network does not know",
    (dir) => writeInputs(dir, untrained({ ...TINY, classes: 5 })),
    /^Cannot attack on planted\/test: image \d+ has label [5-9] \(.*\), the network knows 5 classes, 0 to 4$/,
  ],
  [
    "attacks that need more classes",
    (dir) => writeInputs(dir, untrained({ ...TINY, classes: 3 })),
    /^Cannot run apgd-t: its loss needs at least 4 classes, the model has 3\nHint: leave it out; /,
  ],
  [
    "images with other channels",
    (dir) => writeInputs(dir, untrained({ ...TINY, inputChannels: 1 })),
    /^Cannot attack on planted\/test: its images have 3 channels, the network takes 1$/,
  ],
  [
    "a mean of one channel",
    () => ["--mean=0.5"],
    /^Cannot make resnet8: mean must be 3 numbers, got 0\.5$/,
  ],
  [
    "an L2 radius beyond all images",
    () => ["--norm=L2", "--eps=128"],
    /^Cannot read --eps: no two images of 432 /,
  ],
  [
    "a folder without data",
    (dir) => [`--data=${dir}`],
    /^Cannot read CIFAR-10 from folder .*: it lacks data_batch_1\.bin/,
  ],
  [
    "no folder",
    () => ["--data=/no/such"],
    /^Cannot read CIFAR-10 from folder \/no\/such: no such file or folder\nHint: /,
  ],
  [
    "weights that are no safetensors",
    async (dir) => {
      await Deno.writeTextFile(`${dir}/bad.safetensors`, "PK weights");
      return [`--weights=${dir}/bad.safetensors`];
    },
    /^Cannot read .*bad\.safetensors: its header claims .*\nHint: docs\/attacks\.md shows how/s,
  ],
  [
    "a run of real images",
    async (dir) => {
      const manifest = fakeManifest({ settings: { dataset: { name: "cifar10" } } });
      await Deno.writeTextFile(`${dir}/run/run.json`, JSON.stringify(sealed(manifest)));
      return [];
    },
    /^Cannot read the data of run .*: only generated images can be made again, its data set is "cifar10"\nHint: name by --data the folder/,
  ],
  [
    "a run whose manifest is damaged",
    async (dir) => {
      await writeSealed(`${dir}/run/run.json`, fakeManifest({ durationMs: -1 }));
      return [];
    },
    /^Cannot read the data of run .*: its run\.json cannot be used, durationMs is not a number from 0/,
  ],
  [
    "a run whose images were others",
    async (dir) => {
      const path = `${dir}/run/run.json`;
      const manifest = await readContent(path);
      manifest.settings.dataset.size = 13;
      await writeSealed(path, manifest);
      return [];
    },
    /^Cannot read the data of run .*: generated again they are others than its run\.json names/,
  ],
];

for (const [what, change, message] of REFUSED) {
  Deno.test(`attack() refuses ${what}, before a device is opened or anything is written`, async () => {
    await withTempDir(async (dir) => {
      const args = [...await writeInputs(dir), ...RADIUS, N];
      const more = await change(dir);
      const openDevice = () => Promise.reject(new Error("must not be reached"));
      const error = await assertRejects(
        () => start(withLast([...args, ...more, `--out=${dir}/out`]), { openDevice }),
        UsageError,
      );
      assertMatch(error.message, message);
      assertEquals((await names(dir)).includes("out"), false);
    });
  });
}

/** Of several args for one option the last. */
function withLast(args: string[]): string[] {
  return [...new Map(args.map((arg) => [arg.split("=")[0], arg])).values()];
}
