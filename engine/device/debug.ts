/**
 * `REALFEATURES_DEBUG`: what the engine prints about its programs, see docs/debugging.md.
 *
 * @module
 */

/** Levels of debug output; each includes those below. */
export const DEBUG_LEVELS = {
  /** The dispatches of each program. */
  dispatches: 1,
  /** The chosen variants. */
  variants: 2,
  /** Device time by operation and kernel. */
  times: 3,
  /** The WGSL of each kernel. */
  wgsl: 4,
} as const;

/** The level, and where the text goes. */
export interface Debug {
  /** One of {@linkcode DEBUG_LEVELS}. */
  readonly level: number;
  /** Takes a text of whole lines. */
  write(text: string): void;
}

const VARIABLE = "REALFEATURES_DEBUG";

/**
 * Reads `$REALFEATURES_DEBUG`. Text goes to stderr.
 *
 * @returns Null where the variable is absent, empty or 0.
 * @throws {RangeError} If it is not a level from 0 to 4.
 */
export function debugFromEnv(env: (name: string) => string | undefined = Deno.env.get): Debug | null {
  const text = env(VARIABLE);
  if (!text || text === "0") return null;
  if (!/^[1-4]$/.test(text)) {
    throw new RangeError(`Cannot read ${VARIABLE}: expected a level from 0 to 4, got "${text}"`);
  }
  return { level: Number(text), write: writeToStderr };
}

function writeToStderr(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += Deno.stderr.writeSync(bytes.subarray(done));
}
