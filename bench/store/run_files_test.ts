import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import {
  artifactPath,
  cellFile,
  checkArtifactPath,
  checkpointOf,
  checkpointPath,
  leftovers,
} from "./run_files.ts";

const CELL = "sl/natural/seed-0", ID = crypto.randomUUID();

Deno.test("cellFile() refuses names that would lead elsewhere", () => {
  assertEquals(cellFile(CELL), "sl--natural--seed-0");
  for (const name of ["..", "../a", "sl//a", "/sl", "sl/..", "sl/a\n", "sl--a", ""]) {
    assertThrows(
      () => cellFile(name),
      UsageError,
      "Cannot name a file after a cell: each part of its name must be of ",
    );
  }
});

Deno.test("checkpointOf() knows the checkpoints of cells under any key, and nothing like them", () => {
  const cells = new Set([CELL].map(cellFile)), key = "0123456789abcdef";
  assertEquals(checkpointPath(CELL, key), "checkpoints/sl--natural--seed-0.0123456789ab.safetensors");
  for (const name of ["0123456789ab.safetensors", "0123456789ab.safetensors.corrupt"]) {
    assertEquals(checkpointOf(`sl--natural--seed-0.${name}`, cells), cellFile(CELL));
    assertEquals(checkpointOf(`sl--natural--seed-00.${name}`, cells), null);
  }
  for (
    const name of ["safetensors", "0123456789a.safetensors", "0123456789AB.safetensors", "0123456789ab.json"]
  ) {
    assertEquals(checkpointOf(`sl--natural--seed-0.${name}`, cells), null);
  }
});

Deno.test("checkArtifactPath() accepts files directly in the cell's folder alone", () => {
  const path = artifactPath(CELL, "weights.safetensors");
  assertEquals(checkArtifactPath(CELL, path), path);
  const others = [
    "weights.safetensors",
    "artifacts/sl/weights.safetensors",
    `artifacts/${CELL}/probe/a`,
    "/etc/passwd",
  ];
  for (const other of [...others, `artifacts/${CELL}/../a`, `artifacts/${CELL}/`, undefined, 1]) {
    assertThrows(() => checkArtifactPath(CELL, other), RangeError, "the path leaves its folder, given ");
  }
});

Deno.test("leftovers() are unfinished files of the run's cells", () => {
  const found = leftovers([CELL]);
  const ours = [
    [".", "run.json"],
    [".", "report.html"],
    ["records", "sl--natural--seed-0.json"],
    ["leases", "sl--natural--seed-0.json"],
    ["checkpoints", "sl--natural--seed-0.0123456789ab.safetensors"],
    [`artifacts/${CELL}`, "weights.safetensors"],
  ];
  for (const [folder, name] of ours) {
    assertEquals(found.get(folder)!(`.${name}.${ID}.tmp`), true, name);
    assertEquals(found.get(folder)!(name), false, name);
    assertEquals(found.get(folder)!(`.mine-${name}.${ID}.tmp`), folder.startsWith("artifacts/"), name);
  }
  assertEquals(found.get(".")!(`..data.${ID}.tmp.${ID}.tmp`), true, "of a file under a temporary name");
});
