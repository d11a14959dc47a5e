import { assertEquals, assertThrows } from "@std/assert";
import { PROJECT_ROOT } from "../record/env.ts";
import { withTempDir } from "../testing.ts";
import { CHILD_PERMISSIONS } from "./child_permissions.ts";
import { readSystemFile } from "./system_file.ts";

Deno.test({
  name:
    "readSystemFile() and readSystemLink() tell a process of few permissions the same of itself as one of all",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withTempDir(async (dir) => {
      const from = new URL("bench/adapter/system_file.ts", PROJECT_ROOT).href;
      await Deno.writeTextFile(
        `${dir}/script.ts`,
        `import { readSystemFile, readSystemLink } from "${from}";
const start = readSystemFile("/proc/self/stat").split(") ")[1].split(" ")[19];
console.log(JSON.stringify([readSystemFile("/proc/self/stat").startsWith(Deno.pid + " "), start.length > 0,
  /deno/.test(readSystemFile("/proc/self/maps")), readSystemLink("/proc/self/ns/pid")]));`,
      );
      const said = await Promise.all(
        [["-A"], ["--no-prompt", "--allow-read", "--allow-run=cat,readlink"]].map(
          async (flags) => {
            const args = ["run", "--no-check", "--no-config", "--no-lock", ...flags, `${dir}/script.ts`];
            const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
            return JSON.parse(new TextDecoder().decode(stdout));
          },
        ),
      );
      assertEquals(said[0].slice(0, 3), [true, true, true]);
      assertEquals(said[1], said[0]);
    }),
});

Deno.test("readSystemFile() throws where there is no such file", () => {
  assertThrows(() => readSystemFile("/no/such/file"));
});

Deno.test("CHILD_PERMISSIONS open neither the network nor any program but the one that reads for them", () => {
  const programs = CHILD_PERMISSIONS.filter((flag) => /^(-A|--allow-(all|net|ffi|import|run))/.test(flag));
  assertEquals(programs, Deno.build.os === "linux" ? ["--allow-run=cat"] : []);
});
