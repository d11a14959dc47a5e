/**
 * The version of the graphics driver. WebGPU's adapter info holds llvmpipe's LLVM and vector width but not Mesa's version,
 * which changes bits too: it is read from the driver's own library.
 */
import { Buffer } from "node:buffer";
import { readSystemFile } from "./system_file.ts";
import type { MachineInfo } from "../records/mod.ts";

/** Which files of the system are read. */
export interface DriverFiles {
  /** What is mapped into this process. */
  readonly maps: string;
  /** What NVIDIA's kernel module says of itself. */
  readonly nvidia: string;
}

const FILES: DriverFiles = { maps: "/proc/self/maps", nvidia: "/proc/driver/nvidia/version" };

/** Of PCI, as adapters say it. */
const NVIDIA_VENDOR = String(0x10de);

/**
 * The path of a driver's library at the end of a line of the maps, and its name, by backend. Vulkan's loader, libvulkan.so, is
 * none; OpenGL's drivers are all in one library of Mesa's since 24.2, libgallium.
 */
const LIBRARIES: Readonly<Record<string, RegExp>> = {
  vulkan: /\/(?:.*\/)?((?:libvulkan_\w+|amdvlk\w*)\.so[.\d]*)$/,
  gl: /\/(?:.*\/)?((?:\w+_dri|libgallium-[\w.+~-]+?)\.so[.\d]*)$/,
};

/** Which library answers as which adapter, by the adapter's own words; the first that fits. */
const ANSWERS: readonly (readonly [adapter: RegExp, library: RegExp])[] = [
  [/\bllvmpipe\b/i, /_lvp\./],
  [/\bRADV\b/, /_radeon\./],
  [/\bNVK\b/, /_nouveau\./],
  [/\bIntel\b/i, /_intel/],
];

/**
 * How Mesa's libraries hold their version: in the text that becomes Vulkan's `driverInfo`, "Mesa 25.0.7-2 (LLVM 19.1.7)" or
 * "Mesa 25.0.7-2%s"; and Intel's, where compilers turn that text into instructions, in the one for reports of hangs. The
 * former may be kept in pieces of 16 bytes, so what follows the number counts only where it is whole.
 */
const VERSIONS = [
  /Mesa (\d+\.\d+\.\d+(?:-[\w.+~]+(?=%s|\0)|-\d+(?= \())?)/,
  /%s (\d+\.\d+\.\d+[\w.+~-]*) build \0/,
];

/** Bytes that are searched at a time, and how far two pieces overlap: no version, with what is around it, is longer. */
const PIECE = 1 << 18, OVERLAP = 64;

/** By path: a library is searched once. */
const versions = new Map<string, string | null>();

/**
 * What the system says of the driver of an adapter that this process has opened: "Mesa 25.0.7 (libvulkan_lvp.so)". Null
 * where it says nothing, as on Windows.
 *
 * Under Linux the driver's library is mapped into the process, and Mesa's hold their version. Where the adapter's words do
 * not tell which of several drivers answered, all are named. Folders are left out, since records are published.
 *
 * @param adapter As the engine reports it.
 */
export function driverText(
  { vendor, description, backend = "vulkan" }: MachineInfo["adapter"],
  { maps, nvidia }: DriverFiles = FILES,
): string | null {
  if (backend === "metal") return `Darwin ${Deno.osRelease()}`;
  const library = LIBRARIES[backend];
  if (library === undefined) return null;
  if (/NVIDIA/i.test(description) || vendor === NVIDIA_VENDOR) {
    if (!/\bNVK\b/.test(description)) return readText(nvidia).split("\n")[0].trim() || null;
  }
  const known = ANSWERS.find(([adapter]) => adapter.test(description));
  const texts = readText(maps).split("\n").flatMap((line) => {
    const [path, name] = library.exec(line) ?? [];
    if (path === undefined || (backend === "vulkan" && !(known?.[1].test(name) ?? true))) return [];
    const version = versionIn(path);
    return [version === null ? name : `Mesa ${version} (${name})`];
  });
  return [...new Set(texts)].sort().join(", ") || null;
}

/** Empty where there is no such file, or it is not allowed to be read. */
function readText(path: string): string {
  try {
    return readSystemFile(path);
  } catch {
    return "";
  }
}

/** Null where the library holds none, or cannot be read. */
function versionIn(path: string): string | null {
  let found = versions.get(path);
  if (found === undefined) {
    try {
      found = searchVersion(path);
    } catch {
      found = null;
    }
    versions.set(path, found);
  }
  return found;
}

function searchVersion(path: string): string | null {
  using file = Deno.openSync(path);
  const bytes = Buffer.alloc(PIECE);
  let text = "";
  while (true) {
    const count = file.readSync(bytes);
    text = text.slice(-OVERLAP) + bytes.toString("latin1", 0, count ?? 0);
    for (const pattern of VERSIONS) {
      const match = pattern.exec(text);
      // A match near the end may continue in the next piece, which finds it again.
      if (match !== null && (count === null || match.index < text.length - OVERLAP)) return match[1];
    }
    if (count === null) return null;
  }
}
