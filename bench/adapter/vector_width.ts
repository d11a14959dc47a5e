/** `--vector-width`: how many bits llvmpipe, Mesa's software adapter, computes on at once. */
import { join } from "node:path";
import { readSystemFile } from "./system_file.ts";
import { oneOf, option } from "../../common/command_line/mod.ts";
import { UsageError } from "../../common/usage_error.ts";

/** The option, for the commands that have it. */
export const VECTOR_WIDTH_OPTION = option({
  name: "vector-width",
  value: "BITS",
  type: oneOf("width", ["128", "256", "512"]),
  defaultText: "as Mesa chooses",
  help: "of the software adapter llvmpipe: 128, 256 or 512 (needs AVX-512)",
});

/** The environment of this process, and what is known of its processor. */
export interface ProcessFacts {
  readonly get: (name: string) => string | undefined;
  readonly set: (name: string, value: string) => void;
  /** Instruction sets such as "avx512f"; null where they cannot be read. */
  readonly cpuFlags: () => ReadonlySet<string> | null;
}

/**
 * Sets the width, and a folder of its own for compiled shaders, since Mesa takes shaders of another width for its own.
 * Has to come before the first adapter is asked for; other adapters do not care. The bits of the results stay the same;
 * the width is part of the adapter's description, and so of every record.
 *
 * @param text A number of bits; null changes nothing.
 * @throws {UsageError} If it is no known width, or one that the processor does not have.
 */
export function useVectorWidth(text: string | null, facts: ProcessFacts = PROCESS): void {
  if (text === null) return;
  if (!["128", "256", "512"].includes(text)) {
    throw new UsageError(`Cannot set option vectorWidth: known are 128, 256 and 512, given ${text}`);
  }
  if (text === "512" && facts.cpuFlags()?.has("avx512f") === false) {
    throw new UsageError(`Cannot set option vectorWidth: the processor has no AVX-512, given ${text}`);
  }
  facts.set("LP_NATIVE_VECTOR_WIDTH", text);
  if (facts.get("MESA_SHADER_CACHE_DIR")) return;
  const home = facts.get("XDG_CACHE_HOME") || join(facts.get("HOME") || ".", ".cache");
  facts.set("MESA_SHADER_CACHE_DIR", join(home, "realfeatures", `shaders-${text}-bits`));
}

const PROCESS: ProcessFacts = {
  get: (name) => Deno.env.get(name),
  set: (name, value) => Deno.env.set(name, value),
  cpuFlags() {
    try {
      const line = /^flags\s*:(.*)$/m.exec(readSystemFile("/proc/cpuinfo"));
      return line === null ? null : new Set(line[1].trim().split(/\s+/));
    } catch {
      return null; // not Linux
    }
  },
};
