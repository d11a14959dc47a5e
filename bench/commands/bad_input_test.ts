/** Mistakes of every kind, through the whole command: one clear error, the right exit code, nothing left behind. */
import { assertEquals, assertMatch } from "@std/assert";
import { writeReport } from "../../reports/mod.ts";
import { openWorkbench } from "../cells/mod.ts";
import { startBench } from "./testing.ts";
import { withTempDir } from "../testing.ts";

/** Runs the command with the real workbench. */
const start = (args: string[]) => startBench(args, { openWorkbench, writeReport: (dir) => writeReport(dir) });

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

const HEAD = "name: mine\ndescription: a mistake\n";

const PRESETS: [title: string, preset: string, message: RegExp][] = [
  ["an unknown key", "trianing: { epochs: 1 }", /line 3.*trianing is not a known key, did you mean training/],
  [
    "an unknown key within a section",
    "training: { epoch: 1 }",
    /training\.epoch is not a known key, did you mean epochs/,
  ],
  [
    "a wrong type",
    "training: { epochs: many }",
    /training\.epochs must be an integer of at least 1 and at most 1000000, given the text "many"/,
  ],
  [
    "a fraction for a number of images",
    "dataset: { trainSize: 10.5 }",
    /dataset\.trainSize must be an integer/,
  ],
  [
    "an eps meant for 0 to 255",
    "evaluation: { attack: { norm: Linf, eps: 8 } }",
    /attack\.eps must be at most 1 in Linf, given 8/,
  ],
  [
    "an eps that is not a number",
    "evaluation: { attack: { eps: 8/0 } }",
    /attack\.eps must be a number or a fraction/,
  ],
  [
    "an eps of 0",
    "evaluation: { attack: { eps: 0 } }",
    /attack\.eps must be .* of at least 1e-7, given the number 0/,
  ],
  [
    "images too small for the planted cues",
    "dataset: { size: 8 }",
    /dataset\.size must be an integer of at least 12/,
  ],
  ["text that is not YAML", "training: { epochs: 1", /it is not valid YAML/],
];

for (const [title, preset, message] of PRESETS) {
  Deno.test(`main() refuses ${title} in a preset with exit code 2, and says where`, async () => {
    await withTempDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/mine.yaml`, `${HEAD}${preset}\n`);
      const { code, stdout, stderr } = await start(["--preset", `${dir}/mine.yaml`, "--out", `${dir}/run`]);
      assertEquals([code, stdout], [2, ""], stderr);
      assertMatch(stderr, /^Cannot read preset [^\n]*mine\.yaml/);
      assertMatch(stderr, message);
      assertEquals([/\n\s+at /.test(stderr), await exists(`${dir}/run`)], [false, false]);
    });
  });
}

const RECORDS = 10_000, RECORD = 3073;

/** A folder with the names of CIFAR-10; the first file has the length and the byte asked for, the others are empty. */
async function cifarFolder(dir: string, { length = RECORDS * RECORD, label = 0 }): Promise<string> {
  const folder = `${dir}/data`;
  await Deno.mkdir(folder);
  const names = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`);
  for (const name of [...names, "test_batch.bin"]) {
    await Deno.writeFile(`${folder}/${name}`, new Uint8Array());
  }
  await Deno.writeTextFile(`${folder}/batches.meta.txt`, "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
  const first = await Deno.open(`${folder}/${names[0]}`, { write: true });
  await first.truncate(length);
  await first.seek(17 * RECORD, Deno.SeekMode.Start);
  await first.write(Uint8Array.of(label));
  first.close();
  return folder;
}

const FILES: [title: string, file: { length?: number; label?: number }, message: RegExp][] = [
  ["cut short", { length: RECORDS * RECORD - 1 }, /30730000 bytes, it is cut short, 30729999 bytes\n/],
  ["too long", { length: RECORDS * RECORD + 1 }, /30730000 bytes, it is too long, 30730001 bytes\n/],
  ["with a label of 10", { label: 10 }, /labels are 0 to 9, record 17 has 10\n/],
];

for (const [title, file, message] of FILES) {
  Deno.test(`main() refuses a CIFAR-10 file ${title}, by its name, and leaves no run folder`, async () => {
    await withTempDir(async (dir) => {
      const data = await cifarFolder(dir, file);
      const { code, stdout, stderr } = await start([
        "--preset",
        "cifar10-sl",
        "--data",
        data,
        "--out",
        `${dir}/run`,
      ]);
      assertEquals([code, stdout], [2, ""], stderr);
      assertMatch(stderr, /^Cannot read [^\n]*data_batch_1\.bin: /);
      assertMatch(stderr, message);
      assertEquals([/\n\s+at /.test(stderr), await exists(`${dir}/run`)], [false, false]);
    });
  });
}

Deno.test("main() refuses a folder without CIFAR-10 and says how to fetch it", async () => {
  await withTempDir(async (dir) => {
    const { code, stderr } = await start(["--preset", "cifar10-sl", "--data", dir, "--out", `${dir}/run`]);
    assertEquals(code, 2);
    assertMatch(stderr, /^Cannot read CIFAR-10.*\nHint: deno task data cifar10 --out /);
  });
});

Deno.test("main() cannot write below a file, says so, and leaves it alone", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/file`, "precious");
    const { code, stdout, stderr } = await start(["--preset", "smoke", "--out", `${dir}/file/run`]);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(
      stderr,
      /^Cannot write to the run folder .*file\/run: .*\nHint: choose another folder with --out\n$/,
    );
    assertEquals(await Deno.readTextFile(`${dir}/file`), "precious");
  });
});
