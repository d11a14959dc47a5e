/** `--backend`: the graphics interface that computes, where it is not to be the system's own. */
import { type Backend, BACKENDS } from "../../engine/device/backend.ts";
import { suggest } from "../../common/nearest.ts";
import { UsageError } from "../../common/usage_error.ts";

/** The option, for the commands that open a device. */
export const BACKEND_OPTION = {
  name: "backend",
  value: "NAME",
  help: `what computes: ${
    BACKENDS.join(", ")
  } (OpenGL); each gives bits of its own [the system's own, never OpenGL]`,
} as const;

/**
 * Reads the option.
 *
 * @param text As typed; null where the option is absent.
 * @throws {UsageError} If there is no such backend.
 */
export function parseBackend(text: string | null): Backend | null {
  const found = BACKENDS.find((name) => name === text);
  if (text === null || found !== undefined) return found ?? null;
  throw new UsageError(`Cannot read --backend: unknown, ${suggest(text, BACKENDS)}, given ${text}`);
}
