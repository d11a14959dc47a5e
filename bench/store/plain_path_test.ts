import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { withTempDir } from "../testing.ts";
import { plainPath } from "./plain_path.ts";

Deno.test("plainPath() refuses links below the folder, dangling ones too, and files among its parts", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/run/a`, { recursive: true });
    await Deno.writeTextFile(`${dir}/run/file`, "");
    await Deno.symlink(`${dir}/run`, `${dir}/link`);
    await Deno.symlink(dir, `${dir}/run/out`);
    await Deno.symlink("absent", `${dir}/run/dangling`);
    for (const path of ["a", "a/absent/b", "file"]) {
      assertEquals(await plainPath(`${dir}/link`, path), `${dir}/link/${path}`);
    }
    for (
      const [path, part, kind] of [
        ["out", "out", "a symbolic link"],
        ["out/run/file", "out", "a symbolic link"],
        ["dangling", "dangling", "a symbolic link"],
        ["file/b", "file", "a file where a folder belongs"],
      ]
    ) {
      const message = `Cannot use ${dir}/run/${part}: it is ${kind}`;
      await assertRejects(() => plainPath(`${dir}/run`, path), UsageError, message);
    }
  });
});
