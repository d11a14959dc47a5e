/** The defaults of a training, which differ by paradigm and data, in words. */
import { PARADIGMS } from "../../paradigms/registry.ts";
import type { TrainingData } from "../../paradigms/training_settings.ts";
import type { AnyFields, Field } from "../../settings/field.ts";

/** The data that defaults are shown for. */
const USUAL: TrainingData = { imageSize: 32, mayFlip: true };

/**
 * The default of a key of a training under every paradigm: "0.1 under sl, 0.001 under cl, mim, dm".
 *
 * @param path Below the training: "lr", "augmentation.jitter.hue".
 * @returns Null where no paradigm has a default of its own.
 */
export function trainingDefaultText(path: string, field: Field): string | null {
  const found = PARADIGMS.map(({ name, training }) => {
    const at = (data: TrainingData) => textAt(training(data), path.split("."), field);
    const usual = at(USUAL);
    const size = usual !== at({ ...USUAL, imageSize: 64 }) ? ` (images of ${USUAL.imageSize} pixels)` : "";
    const flip = usual !== at({ ...USUAL, mayFlip: false })
      ? ` (${at({ ...USUAL, mayFlip: false })} where flips change the label)`
      : "";
    return { name, text: usual + size + flip };
  });
  const texts = [...new Set(found.map(({ text }) => text))];
  if (texts.length === 1) return texts[0];
  return texts.map((text) => {
    const names = found.filter((one) => one.text === text).map(({ name }) => name);
    return `${text} under ${names.join(", ")}`;
  }).join("; ");
}

/** A step of the augmentation that is null is off: its keys then have the defaults of their table. */
function textAt(value: unknown, path: readonly string[], field: Field): string {
  for (const key of path) {
    if (value === null) return "off";
    value = (value as AnyFields | undefined)?.[key];
  }
  const known = value === undefined ? field.default : value;
  return Array.isArray(known) ? `[${known.join(", ")}]` : String(known);
}
