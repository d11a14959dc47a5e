import { assertEquals, assertMatch } from "@std/assert";
import { noGpu } from "../engine/testing/gpu.ts";
import { stalePages } from "./generated_docs.ts";
import { join } from "./path.ts";
import { ROOT } from "./repository.ts";

Deno.test("docs/presets.md is what the tables say", async () => {
  assertEquals(await stalePages(ROOT), []);
});

Deno.test({
  name: "docs/presets.md's example, another architecture under another attack, runs to the page",
  ignore: noGpu,
  fn: async () => {
    const page = await Deno.readTextFile(join(ROOT, "docs/presets.md"));
    const example = /```yaml\n([^]*?)```/.exec(page)![1];
    const dir = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(join(dir, "vit.yaml"), example);
      const args = [
        "run",
        "-A",
        "--no-check",
        "bench/cli.ts",
        "--preset",
        join(dir, "vit.yaml"),
        "--out",
        join(dir, "run"),
      ];
      const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      const record = JSON.parse(
        await Deno.readTextFile(join(dir, "run/records/sl--natural--seed-0--attack.json")),
      );
      assertEquals(record.config.paradigm.encoder.arch, "vit");
      assertEquals(record.config.evaluation.attack.norm, "Linf");
      assertEquals(record.metrics.autoAttackAccuracy.samples.length, 2);
      assertMatch(await Deno.readTextFile(join(dir, "run/report.html")), /apgd-ce/);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
