import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { withTempDir } from "../testing.ts";
import { reserveRecord, writeRecord } from "./record_file.ts";

Deno.test("reserveRecord() makes the folder, and refuses whatever has the name", async () => {
  await withTempDir(async (dir) => {
    await reserveRecord(`${dir}/deep/a.json`);
    assertEquals((await Deno.stat(`${dir}/deep`)).isDirectory, true);
    await Deno.symlink("absent", `${dir}/link.json`);
    for (const path of [`${dir}/deep`, `${dir}/link.json`]) {
      await assertRejects(
        () => reserveRecord(path),
        UsageError,
        "it exists already, and records are never overwritten",
      );
    }
  });
});

Deno.test("writeRecord() overwrites nothing that has come to exist meanwhile, and keeps the record", async () => {
  await withTempDir(async (dir) => {
    const path = `${dir}/a.json`;
    await writeRecord(path, '{"a":1}');
    const { message, exitCode } = await assertRejects(() => writeRecord(path, '{"a":2}'), UsageError);
    const own = /the record is (.+)\n/.exec(message)![1];
    assertEquals([exitCode, JSON.parse(await Deno.readTextFile(path))], [1, { a: 1 }]);
    assertEquals(JSON.parse(await Deno.readTextFile(own)), { a: 2 });
  });
});
