/** `bench compare` on what `bench attack` leaves; its device only pretends, here and in all tests of that command. */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { runCommand } from "../../common/command_line/mod.ts";
import type { AttackRecord } from "../records/attack_record.ts";
import { fakeDevice, fakeResult, writeInputs } from "../attack/testing.ts";
import { UsageError } from "../../common/usage_error.ts";
import { readContent, withTempDir, writeSealed } from "../testing.ts";
import { ATTACK_COMMAND } from "../commands/attack.ts";
import { COMPARE_COMMAND } from "../commands/compare.ts";
import { servicesFor } from "../commands/testing.ts";

const IMAGES = 12;

/** Another hash. */
const OTHER = "f".repeat(64);

/** A folder with an evaluation in which all images but the first are correct, and the last `robust` robust. */
async function evaluate(dir: string, robust: number, args: readonly string[] = []): Promise<string> {
  const device = fakeDevice((_, { labels }) => {
    const bits = Uint8Array.from(labels, (_, i) => i >= IMAGES - robust ? 1 : 0);
    const result = fakeResult(IMAGES, { robust: bits });
    return Promise.resolve({ ...result, attacks: [{ ...result.attacks[0], correct: bits }] });
  });
  await Deno.mkdir(dir);
  const out = `${dir}/out`, own = args.map((arg) => arg.split("=")[0]);
  const usual = ["--norm=Linf", "--eps=8/255", `--n=${IMAGES}`].filter((arg) =>
    !own.includes(arg.split("=")[0])
  );
  const all = [...await writeInputs(dir), ...usual, ...args, `--out=${out}`];
  assertEquals(await runCommand(ATTACK_COMMAND, all, servicesFor({ openAttackDevice: device })), 0);
  return out;
}

async function compared(...args: string[]) {
  let text = "";
  const code = await runCommand(COMPARE_COMMAND, args, servicesFor({ stdout: (part) => text += part }));
  return { code, text };
}

/** A copy of an evaluation's record as something else; its outcomes stay behind. */
async function rewrite(from: string, to: string, change: (record: AttackRecord) => object): Promise<string> {
  const record = await readContent(`${from}/attack.json`);
  await writeSealed(to, { ...record, ...change(record) });
  return to;
}

Deno.test("compare() finds a worse robust accuracy of an evaluation by its images, and leaves the clean one alone", async () => {
  await withTempDir(async (dir) => {
    const [base, head] = [await evaluate(`${dir}/a`, 11), await evaluate(`${dir}/b`, 3)];
    const { code, text } = await compared(base, head);
    assertEquals(code, 3);
    assertMatch(text, /\nrobustAccuracy +91\.7 +25\.0 +% +-66\.7 +-\S+ to -\S+ +0\.008 +worse\n/); // 2 / 2^8
    assertMatch(text, /\ncleanAccuracy +91\.7 +91\.7 +% .* same\n/);
    assertStringIncludes(text, "one seed: the same 12 test images in pairs, McNemar's exact test");
    const back = await compared(`${head}/attack.json`, `${base}/attack.json`);
    assertEquals(back.code, 0);
    assertMatch(back.text, /\nrobustAccuracy .* better\n/);
  });
});

Deno.test("compare() of evaluations without outcomes takes their images as independent", async () => {
  await withTempDir(async (dir) => {
    const [base, head] = [await evaluate(`${dir}/a`, 11), await evaluate(`${dir}/b`, 3)];
    await Deno.remove(`${head}/outcomes.safetensors`);
    const { code, text } = await compared(base, head);
    assertEquals(code, 3);
    assertStringIncludes(text, "one seed: 12 and 12 test images taken as independent");
  });
});

Deno.test("compare() calls equal evaluations the same, of another network with other weights too", async () => {
  await withTempDir(async (dir) => {
    const base = await evaluate(`${dir}/a`, 6), one = await evaluate(`${dir}/b`, 5);
    const trained = await rewrite(base, `${dir}/trained.json`, ({ configuration }) => {
      const weights = { ...configuration.weights, sha256: OTHER };
      return { configuration: { ...configuration, weights, codeHash: OTHER }, configHash: OTHER };
    });
    for (const head of [base, trained, one]) { // one image of twelve is chance
      const { code, text } = await compared(base, head);
      assertEquals(code, 0, head);
      assertMatch(text, /\nrobustAccuracy .* same\n/);
      assertMatch(text, /\ncleanAccuracy .* same\n/);
    }
  });
});

Deno.test("compare() does not judge the accuracies of evaluations with other seeds", async () => {
  await withTempDir(async (dir) => {
    const [base, head] = [await evaluate(`${dir}/a`, 11), await evaluate(`${dir}/b`, 3, ["--seed=1"])];
    const { code, text } = await compared(base, head);
    assertEquals(code, 0);
    assertMatch(text, /\nrobustAccuracy .* too few\n/);
    assertStringIncludes(text, "Judged by: no seed in common, not judged\n");
  });
});

Deno.test("compare() refuses evaluations under other attacks, networks or images, and names what differs", async () => {
  await withTempDir(async (dir) => {
    const base = await evaluate(`${dir}/base`, 6);
    for (
      const [i, [args, message]] of ([
        [["--eps=4/255"], /config eps is 0\.0313\d+ and 0\.0156\d+\nHint: add --allow-different config to/],
        [["--norm=L2", "--eps=8/255"], /config norm is "Linf" and "L2"\n/],
        [["--version=plus"], /config version is "standard" and "plus"/],
        [["--attacks=square"], /config attacks is null and \["square"\]\n/],
        [["--queries=9"], /config queries is 5000 and 9\n/],
        [["--mean=0.5,0.5,0.5"], /config network\.mean is null and \[0\.5,0\.5,0\.5\]\n/],
      ] as const).entries()
    ) {
      const head = await evaluate(`${dir}/${i}`, 6, args);
      const error = await assertRejects(() => compared(base, head), UsageError);
      assertMatch(error.message, message);
      assertEquals((await compared(base, head, "--allow-different", "config")).code, 0);
    }
    const other = ({ configuration }: AttackRecord, own: object) => ({
      configuration: { ...configuration, data: { ...configuration.data, ...own } },
    });
    const fewer = await rewrite(base, `${dir}/fewer.json`, (record) => other(record, { n: 11 }));
    const data = await rewrite(base, `${dir}/data.json`, (record) => other(record, { sha256: OTHER }));
    await assertRejects(() => compared(base, fewer), UsageError, "config images is 12 and 11");
    await assertRejects(
      () => compared(base, data),
      UsageError,
      `" and "${OTHER}"\nHint: add --allow-different data`,
    );
  });
});

Deno.test("compare() judges the seconds of five evaluations on one class of machines, on others never", async () => {
  await withTempDir(async (dir) => {
    const one = await evaluate(`${dir}/one`, 6);
    const five = async (name: string, factor: number, cpu?: string) => {
      await Deno.mkdir(`${dir}/${name}`);
      for (const i of [0, 1, 2, 3, 4]) {
        await rewrite(one, `${dir}/${name}/${i}.json`, ({ asked, machine }) => ({
          asked: { ...asked, seconds: factor * (20 + i / 10) },
          machine: { ...machine, cpu: cpu ?? machine.cpu },
        }));
      }
      return `${dir}/${name}`;
    };
    const base = await five("base", 1),
      slow = await five("slow", 1.5),
      far = await five("far", 1.5, "another");
    const found = await compared(base, slow);
    assertEquals(found.code, 3);
    assertMatch(found.text, /\nseconds +20\.2 +30\.3 +s +1\.500x +- +0\.008 +worse\n/);
    assertEquals((await compared(slow, base)).code, 0);
    assertMatch((await compared(base, base)).text, /\nseconds .* same\n/);
    const single = await compared(`${base}/0.json`, `${slow}/0.json`);
    assertEquals(single.code, 0);
    assertMatch(single.text, /\nseconds .* too few\n/);
    await assertRejects(
      () => compared(base, far),
      UsageError,
      '" and "another"\nHint: add --allow-different machine',
    );
    const elsewhere = await compared(base, far, "--allow-different", "machine");
    assertEquals(elsewhere.code, 0);
    assertMatch(elsewhere.text, /\nseconds .* unlike\n/);
  });
});

Deno.test("compare() refuses records of evaluations that are damaged or of a later version", async () => {
  await withTempDir(async (dir) => {
    const base = await evaluate(`${dir}/base`, 6);
    for (
      const [change, message] of [
        [{ version: 3 }, /Cannot read the record of an evaluation: .* version is 3, known are 1 to 2$/],
        [{ asked: {} }, /asked\.cleanAccuracy is missing/],
        [{ configHash: 1, commit: 2 }, /commit is .*; configHash is /],
      ] as const
    ) {
      const head = await rewrite(base, `${dir}/head.json`, () => change);
      const error = await assertRejects(() => compared(base, head), UsageError);
      assertMatch(error.message, message);
    }
  });
});
