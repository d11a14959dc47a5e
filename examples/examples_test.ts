import { assertMatch } from "@std/assert";
import { noGpu } from "../engine/testing/gpu.ts";

/** What each example prints in the end. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  attack_your_model: /clean \d+ of 32, robust \d+ of 32\napgd-ce, square\n$/,
  non_robust_set: /128 images in .*\nlargest L2 distance 0\.5\d*, \d+ % reach their label\n$/,
  run_and_compare: /seed 1: exit code 0\n(.*\n)*.*cl\/natural\/probe \/ probeAccuracy/,
  train_and_probe: /epoch 2: NT-Xent \d.*\nlinear probe: \d+\.\d % of 128 test images\n$/,
  training_step: /step 100: loss 0\.\d+\n\d+ dispatches a step/,
};

Deno.test("examples/ are all tested, each with its title, its command and at most 50 lines", async () => {
  for await (const { name } of Deno.readDir(new URL(".", import.meta.url))) {
    if (name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(new URL(name, import.meta.url));
    assertMatch(
      text,
      new RegExp(
        `^// deno-lint-ignore-file .*\n/\\*\\*\\n \\* [A-Z][^]*\\n \\*\\n \\* Run: deno run -A examples/${name}`,
      ),
    );
    assertMatch(name, new RegExp(`^(${Object.keys(EXPECTED).join("|")})\\.ts$`));
    assertMatch(text, /^(.*\n){1,50}$/);
  }
});

for (const [name, expected] of Object.entries(EXPECTED)) {
  Deno.test({
    name: `examples/${name}.ts runs and prints what it measured`,
    ignore: noGpu,
    fn: async () => {
      const args = ["run", "-A", "--no-prompt", new URL(`${name}.ts`, import.meta.url).pathname];
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
      const [out, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
      if (code !== 0) throw new Error(`Cannot run ${name}.ts: exit code ${code}\n${errors}`);
      assertMatch(out, expected);
    },
  });
}
