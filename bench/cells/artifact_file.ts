import { readBytes } from "../../common/read_file.ts";
import { reasonOf } from "../../common/system_error.ts";
import type { Artifact } from "../records/mod.ts";
import { plainPath } from "../store/plain_path.ts";
import { checkArtifactPath } from "../store/run_files.ts";
import { sha256Hex } from "../../common/sha256.ts";

/**
 * Reads a file that a cell left.
 *
 * @throws {RangeError} If it is absent, or not the one that the artifact names.
 */
export async function readFileOf(
  cell: string,
  artifact: Artifact,
  { runDir }: { runDir: string },
): Promise<{ bytes: Uint8Array<ArrayBuffer>; path: string; sha256: string }> {
  const what = `Cannot restore ${cell}`;
  let bytes: Uint8Array<ArrayBuffer>, path: string;
  try {
    path = await plainPath(runDir, checkArtifactPath(cell, artifact.path));
    bytes = await readBytes(path);
  } catch (cause) {
    throw new RangeError(`${what}: ${artifact.path} cannot be read, ${reasonOf(cause)}`, { cause });
  }
  const found = sha256Hex(bytes);
  if (found !== artifact.sha256) {
    throw new RangeError(
      `${what}: ${artifact.path} is not the file that its record names, sha256 ${found}, expected ${artifact.sha256}`,
    );
  }
  return { bytes, path, sha256: found };
}
