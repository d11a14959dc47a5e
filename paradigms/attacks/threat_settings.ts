/** The keys of a threat model, and the defaults that depend on its norm. */
import { type Amount, amount, parseAmount } from "../../settings/amount.ts";
import type { Field, Fields } from "../../settings/field.ts";
import type { SectionReader } from "../../settings/section_reader.ts";

/** A norm and a radius in [0, 1] pixel units. */
export interface Threat {
  readonly norm: "Linf" | "L2";
  readonly eps: Amount;
}

/** A smaller move of a pixel is lost in float32, where pixels go from 0 to 1. */
export const MIN_MOVE = 1e-7;

/** Repetitions of a step beyond which a setting is a mistake. */
export const MAX_STEPS = 1_000_000;

/** The norm of a threat model. */
export const NORM: Field<"Linf" | "L2"> = {
  kind: "choice",
  choices: ["Linf", "L2"],
  default: "L2",
  help: "norm of the threat model",
};

/** The length of a step, by default 2.5 eps / steps, so that the steps can cross the ball. */
export const STEP_SIZE: Field<Amount> = {
  kind: "amount",
  min: MIN_MOVE,
  unit: "pixel units",
  defaultText: "2.5 eps / steps",
  help: "length of a step",
};

/** The radius by norm, and from it a step size of 2.5 eps / steps. */
export function threatDefaults(
  section: SectionReader,
  fields: Fields<Threat & { readonly steps: number }>,
  radius: { readonly L2: string; readonly Linf: string },
): { eps: Amount; stepSize: Amount } {
  const norm = section.field("norm", fields.norm);
  const eps = section.field("eps", { ...fields.eps, default: parseAmount(radius[norm])! });
  const steps = section.field("steps", fields.steps);
  return { eps, stepSize: amount(2.5 * eps.value / steps) };
}

/**
 * Refuses a radius beyond the diagonal of the image cube: it is a mistake, most often a value meant for 0 to 255.
 *
 * @throws {Error} If the radius is larger.
 */
export function checkEps(section: SectionReader, { norm, eps }: Threat, imageSize: number): void {
  const largest = norm === "Linf" ? 1 : Math.sqrt(3 * imageSize * imageSize);
  if (eps.value <= largest) return;
  const limit = norm === "Linf"
    ? "1"
    : `${largest.toFixed(2)}, the diagonal of ${imageSize}x${imageSize} images`;
  throw section.error("eps", `must be at most ${limit} in ${norm}, given ${eps.label}`);
}
