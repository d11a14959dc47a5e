import { assertEquals, assertStringIncludes } from "@std/assert";
import { DiskFullError, isDiskFull } from "./disk_full.ts";

Deno.test("isDiskFull() knows a full disk and a used-up quota, also as the cause of another error", () => {
  const full = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  for (
    const error of [
      full,
      new Error("Cannot write a", { cause: full }),
      new Error("Disk quota exceeded (os error 122)"),
    ]
  ) {
    assertEquals(isDiskFull(error), true);
  }
  for (const error of [new Error("no"), new Error("Permission denied (os error 13)"), null, "os error 28"]) {
    assertEquals(isDiskFull(error), false);
  }
  assertStringIncludes(new DiskFullError(full).message, "Cannot continue: the disk is full, No space left");
});
