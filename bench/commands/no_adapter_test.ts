/** What the commands do where the system's own backend does not answer: real processes without a Vulkan driver. */
import { assertEquals, assertMatch } from "@std/assert";
import { noGpu } from "../../engine/testing/gpu.ts";
import { writeInputs } from "../attack/testing.ts";
import { PROJECT_ROOT } from "../record/env.ts";
import { run } from "../run/run.ts";
import { SILENT } from "../run/progress.ts";
import { chained, fakeWorkbench, smallPreset, withTempDir } from "../testing.ts";

/** `bench` with these args under its task's permissions, where Vulkan's loader finds no driver. */
async function withoutVulkan(args: string[]) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", new URL("bench/cli.ts", PROJECT_ROOT).href, ...args],
    env: { VK_DRIVER_FILES: "/nonexistent", VK_ICD_FILENAMES: "/nonexistent", DENO_WEBGPU_BACKEND: "" },
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** A finished run of cells that compute nothing; the path of a record. */
async function makeRecord(dir: string): Promise<string> {
  const only = ["sl/natural/seed-0"];
  const request = { preset: smallPreset(), outDir: dir, dataDir: null, command: "test", only };
  const services = { openWorkbench: fakeWorkbench(chained), writeReport: null, progress: SILENT };
  await run(request, { ...services, signal: new AbortController().signal });
  return `${dir}/records/sl--natural--seed-0.json`;
}

Deno.test({
  name:
    "every command that opens a device ends with 4 where Vulkan does not answer, whether or not OpenGL does",
  ignore: noGpu || Deno.build.os !== "linux",
  fn: () =>
    withTempDir(async (dir) => {
      await writeInputs(dir);
      const attack = [
        "attack",
        `--weights=${dir}/net.safetensors`,
        "--arch=resnet8",
        "--n=4",
        `--data=${dir}/run`,
      ];
      const commands = [
        ["--preset=smoke", `--out=${dir}/bench`],
        ["--preset=smoke", `--out=${dir}/two`, "--jobs=2"],
        ["plan", "--preset=smoke", "--states"],
        [...attack, "--norm=Linf", "--eps=8/255", `--out=${dir}/attack`],
        ["perf", "--only=reduce_sum", `--out=${dir}/perf.json`],
        ["peers", "--peers=torch", `--out=${dir}/peers.json`],
        ["reproduce", await makeRecord(`${dir}/old`)],
      ];
      await Promise.all(commands.map(async (args) => {
        const { code, stderr } = await withoutVulkan(args);
        assertEquals(code, 4, `${args.join(" ")}: ${stderr}`);
        assertMatch(
          stderr,
          /Cannot open a GPU: no WebGPU adapter answers by vulkan, .*\nHint: .*--backend gl/,
        );
        assertEquals(/^ +at /m.test(stderr), false, stderr);
      }));
      const left = (await Array.fromAsync(Deno.readDir(dir), ({ name }) => name)).sort();
      assertEquals(left, ["net.safetensors", "old", "run"]);
    }),
});
