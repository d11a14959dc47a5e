/** Downloads, verifies and unpacks the official CIFAR-10 archive.
 *
 * @module
 */
import { basename } from "node:path";
import { readBytes } from "../common/read_file.ts";
import { sha256Hex } from "../common/sha256.ts";
import { systemReason } from "../common/system_error.ts";
import { putFiles } from "./_put_files.ts";
import { readTar } from "./_tar.ts";
import { CIFAR10_ARCHIVE, CIFAR10_CLASS_FILE, CIFAR10_FILES } from "./cifar10_release.ts";

/** Settings of {@linkcode fetchCifar10}. */
export interface FetchCifar10Options {
  /** Folder for the unpacked files; made if missing. */
  out: string;
  /** Read this archive instead of downloading it. */
  archive?: string;
  /** Called with the bytes so far and in all (0 if unknown). */
  onProgress?: (done: number, total: number) => void;
  /** The archive's address and expected hash. Default: the official archive; tests use their own. */
  expected?: { readonly url: string; readonly sha256: string };
}

/**
 * Puts the six files and the class names into `out`. Nothing is unpacked unless the archive's hash is right.
 *
 * @throws {Error} If the download fails, the hash is wrong, other files have these names, or the folder cannot be written.
 */
export async function fetchCifar10(options: FetchCifar10Options): Promise<void> {
  const { out, archive, onProgress = () => {}, expected = CIFAR10_ARCHIVE } = options;
  const bytes = archive === undefined ? await download(expected.url, onProgress) : await readArchive(archive);
  const sha256 = sha256Hex(bytes);
  if (sha256 !== expected.sha256) {
    throw new Error(
      `Cannot use CIFAR-10 archive ${archive ?? expected.url}: its sha256 must be ${expected.sha256}, ` +
        `it is ${sha256} (${bytes.length} bytes)`,
    );
  }
  const wanted = new Set([...CIFAR10_FILES, CIFAR10_CLASS_FILE]), files = new Map<string, Uint8Array>();
  for await (const file of readTar(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")))) {
    const name = basename(file.name);
    if (wanted.delete(name)) files.set(name, file.bytes);
  }
  if (wanted.size > 0) {
    throw new Error(
      `Cannot use CIFAR-10 archive ${archive ?? expected.url}: it lacks ${[...wanted].join(", ")}`,
    );
  }
  await putFiles(out, files);
}

async function download(
  url: string,
  onProgress: (done: number, total: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const hint = "Hint: download it elsewhere and run deno task data cifar10 --archive FILE";
  try {
    const response = await fetch(url);
    if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`);
    const total = Number(response.headers.get("content-length") ?? 0);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let done = 0;
    for await (const chunk of response.body) {
      chunks.push(chunk);
      onProgress(done += chunk.length, total);
    }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new Error(`Cannot download ${url}: ${reason}\n${hint}`, { cause });
  }
}

async function readArchive(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readBytes(path, { max: 2 ** 30 });
  } catch (cause) {
    throw new Error(`Cannot read CIFAR-10 archive ${path}: ${systemReason(cause)}`, { cause });
  }
}

/** The message of an error and of what caused it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}, ${reasonOf(error.cause)}`;
}
