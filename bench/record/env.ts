/** What a record says of where it was computed: machine, runtime, commit, hash of the code. */
import { cpus } from "node:os";
import { canonicalJson } from "../../common/canonical_json.ts";
import { driverText } from "../adapter/driver.ts";
import type { CellRecord, MachineInfo } from "../records/mod.ts";
import { sha256Hex } from "../../common/sha256.ts";

/** The folder that holds this project's `deno.json`. */
export const PROJECT_ROOT: URL = new URL("../..", import.meta.url);

/**
 * Describes this machine.
 *
 * @param adapter As the engine reports it.
 * @param options.name Default: made of system, processor and adapter. Never the host name, since records are published.
 * @param options.driver Where another process opened the adapter. Default: as this process finds, see {@linkcode driverText}.
 */
export function machineInfo(
  adapter: MachineInfo["adapter"],
  { name, driver = driverText(adapter) }: { name?: string; driver?: string | null } = {},
): MachineInfo {
  const processors = cpus();
  const cpu = processors[0]?.model.trim() || "unknown";
  const os = `${Deno.build.os} ${Deno.build.arch}`;
  const cores = processors.length || navigator.hardwareConcurrency;
  return {
    name: name ?? `${os}, ${cores} cores, ${adapterName(adapter)}`,
    os,
    cpu,
    cores,
    driver,
    adapter,
  };
}

/** An adapter in one word or a few, with its backend unless that is one of {@linkcode UNSAID}. */
export function adapterName({ description, device, vendor, backend }: MachineInfo["adapter"]): string {
  const name = description || device || vendor || "unknown adapter";
  return backend === undefined || UNSAID.includes(backend) ? name : `${name} by ${backend}`;
}

/** Backends that are the first choice of a system. */
const UNSAID = ["vulkan", "metal"];

/** Versions of Deno and of what it is made of. */
export function runtimeInfo(): CellRecord["runtime"] {
  const { deno, v8, typescript } = Deno.version;
  return { deno, v8, typescript };
}

/** Hash of the file that pins every package; null where there is none. Line ends are read as LF. */
export async function lockHash(root: URL = PROJECT_ROOT): Promise<string | null> {
  try {
    const text = await Deno.readTextFile(new URL("deno.lock", root));
    return sha256Hex(text.replaceAll("\r\n", "\n"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * The commit of a project folder and whether tracked files differ from it; both null without git, or where the
 * folder is not the top of a repository (a copy inside somebody else's).
 */
export async function gitState(
  root: URL = PROJECT_ROOT,
): Promise<{ commit: string | null; dirty: boolean | null }> {
  const prefix = await git(root, ["rev-parse", "--show-prefix"]);
  const commit = prefix === "" ? await git(root, ["rev-parse", "HEAD"]) : null;
  if (commit === null) return { commit: null, dirty: null };
  const changes = await git(root, ["status", "--porcelain", "--untracked-files=no"]);
  return { commit, dirty: changes === null ? null : changes !== "" };
}

async function git(root: URL, args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command("git", { args, cwd: root, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null; // git is not installed
  }
}

/** SHA-256 of a configuration; the order of its keys does not matter. */
export function configHash(config: Readonly<Record<string, unknown>>): string {
  return sha256Hex(canonicalJson(config));
}
