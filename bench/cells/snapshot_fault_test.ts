import { assertEquals, assertStringIncludes } from "@std/assert";
import { RunFolder } from "../store/run_folder.ts";
import { withTempDir } from "../testing.ts";
import { snapshotFault } from "./snapshot_fault.ts";

Deno.test("snapshotFault() finds a snapshot with one flipped bit, and one that is absent", async () => {
  await withTempDir(async (runDir) => {
    const folder = await RunFolder.create(runDir), bytes = Uint8Array.of(1, 2, 3);
    const artifact = await folder.writeArtifact("cell", {
      kind: "snapshot",
      name: "epoch-1.safetensors",
      bytes,
    });
    const fault = () => snapshotFault("cell", [{ epoch: 1, artifact }], { runDir });
    assertEquals(await fault(), null);
    await Deno.writeFile(`${runDir}/${artifact.path}`, bytes.with(1, 3));
    assertStringIncludes((await fault())!, "is not the file that its record names");
    await Deno.remove(`${runDir}/${artifact.path}`);
    assertStringIncludes((await fault())!, "cannot be read");
  });
});
