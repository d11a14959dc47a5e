import { type Amount, parseAmount } from "../../settings/amount.ts";
import { OptionFault, type OptionType } from "../../common/command_line/mod.ts";
import { UsageError } from "../../common/usage_error.ts";

/** A smaller step is lost in float32, where pixels go from 0 to 1. */
const MIN_EPS = 1e-7;

/** Levels of a pixel in a file of bytes, less one. */
const LEVELS = 255;

/**
 * Reads a radius. Pixels go from 0 to 1, and so does a radius written as a number or a fraction: `8/255`, `0.03137`,
 * `0.5`. With `px` behind it, it counts the 255 steps of a pixel in a file of bytes: `8px` is 8/255. A number alone is
 * never read as such steps: `8` in Linf is refused.
 *
 * @throws {OptionFault} If it is neither, not above 0, too small for float32, or in Linf above 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseEps } from "./eps.ts";
 * assertEquals(parseEps("8/255", "Linf"), { value: 8 / 255, label: "8/255" });
 * assertEquals(parseEps("8px", "Linf"), { value: 8 / 255, label: "8/255" });
 * assertEquals(parseEps("0.5", "L2"), { value: 0.5, label: "0.5" });
 * ```
 */
export function parseEps(text: string, norm: "Linf" | "L2"): Amount {
  const pixels = /^(.*?)\s*px$/i.exec(text.trim());
  const found = parseAmount(pixels === null ? text : `${pixels[1]}/${LEVELS}`);
  if (found === null) {
    throw new OptionFault(
      "it must be a number, a fraction or steps of a pixel",
      "write 0.03137, 8/255 or 8px",
    );
  }
  const { value } = found;
  if (value <= 0) {
    const hint = "write 8/255, 0.03137 or 8px; clean accuracy is always measured";
    throw new OptionFault("a radius is above 0", hint);
  }
  if (value < MIN_EPS) {
    throw new OptionFault(
      `a radius below ${MIN_EPS} moves no pixel in float32`,
      "write 8/255, 0.03137 or 8px",
    );
  }
  if (norm === "L2" || value <= 1) return found;
  const steps = Number(value.toPrecision(6));
  const hint = pixels === null && value <= LEVELS
    ? `write ${steps}/${LEVELS} or ${steps}px for ${steps} of the ${LEVELS} steps of a pixel in a file of bytes`
    : `write 8/${LEVELS} or 8px for 8 of the ${LEVELS} steps of a pixel in a file of bytes`;
  throw new OptionFault("in Linf a radius is at most 1, since pixels go from 0 to 1", hint);
}

/** A radius of any norm as an option: a number, or a text as {@linkcode parseEps} reads it. */
export const RADIUS: OptionType<number | string> = {
  description: "a radius: 8/255, 0.03137 or 8px",
  read(text) {
    parseEps(text, "L2");
    return text;
  },
  check: (value) => void parseEps(String(value), "L2"),
  write: String,
};

/**
 * Refuses an L2 radius that reaches from every image to every other one.
 *
 * @param values Numbers in an image.
 * @throws {UsageError} If eps is larger than the longest distance between two images, the root of that.
 */
export function checkReach(eps: Amount, { norm, values }: { norm: "Linf" | "L2"; values: number }): void {
  const longest = Math.sqrt(values);
  if (norm === "Linf" || eps.value <= longest) return;
  throw new UsageError(
    `Cannot read option eps: no two images of ${values} numbers in [0, 1] are further apart in L2 than ` +
      `${
        longest.toFixed(1)
      }, given ${eps.label}\nHint: write 0.5, or 128/255 or 128px for 128 steps of a pixel`,
  );
}
