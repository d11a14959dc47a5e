/** What one key of a preset means: the text of `bench --explain KEY`. */
import { nearest } from "../../common/nearest.ts";
import { printable } from "../../common/printable.ts";
import { UsageError } from "../../common/usage_error.ts";
import { describeField } from "../../settings/field.ts";
import { FEATURE_SETS } from "./preset.ts";
import { presetsThatSet } from "./presets_that_set.ts";
import { type PresetKey, type PresetSection, presetSections, SAME_KEYS } from "./reference.ts";

/**
 * Explains a key of a preset: type, unit, range, default, meaning, and the presets at hand that set it.
 *
 * @param key Its path, "training.lr", or the end of one: "lr" explains every key of that name. A section lists its keys.
 * @throws {UsageError} If there is no such key, with the nearest one.
 *
 * @example
 * ```ts
 * import { assertMatch } from "@std/assert";
 * import { explainKey } from "./explain_key.ts";
 * assertMatch(explainKey("training.lr"), /^training\.lr: peak learning rate\n {2}a number of at least 1e-10/);
 * ```
 */
export function explainKey(key: string): string {
  const sections = presetSections(), keys = sections.flatMap((section) => section.keys);
  const path = canonicalPath(key);
  const exact = keys.filter((one) => one.path === path);
  if (exact.length > 0) return exact.map(keyText).join("\n");
  const section = sections.find((one) => one.path === path && path !== "");
  if (section !== undefined) return sectionText(section);
  const alike = keys.filter((one) => one.path.endsWith(`.${path}`));
  if (alike.length > 0) return alike.map(keyText).join("\n");
  throw unknownKey(key, keys);
}

/** The path under which the reference lists a key: `paradigms.cl.training.lr` is `training.lr`. */
function canonicalPath(key: string): string {
  for (const set of FEATURE_SETS) {
    if (key === `featureSets.${set}` || key.startsWith(`featureSets.${set}.`)) {
      return `featureSets.<set>${key.slice(`featureSets.${set}`.length)}`;
    }
  }
  const same = SAME_KEYS.find(({ path }) => key === path || key.startsWith(`${path}.`));
  return same === undefined ? key : canonicalPath(same.as + key.slice(same.path.length));
}

function keyText(key: PresetKey): string {
  const { path, of, field, defaultText } = key,
    unit = "unit" in field && field.unit !== "1" ? field.unit : null;
  const presets = presetsThatSet(key);
  return [
    `${path}: ${field.help}`,
    `  ${describeField(field)}${unit === null ? "" : `, in ${unit}`}`,
    `  default: ${defaultText}`,
    ...(of === null ? [] : [`  where ${of.path} is ${of.choice}`]),
    ...(presets.length === 0 ? [] : [`  set by ${presets.join(", ")}`]),
    "",
  ].join("\n");
}

function sectionText({ path, about, keys }: PresetSection): string {
  const names = [...new Set(keys.map((key) => key.path))];
  return [`${path}: ${about.replaceAll("`", "")}`, ...names.map((name) => `  ${name}`), ""].join("\n");
}

function unknownKey(key: string, keys: readonly PresetKey[]): UsageError {
  const paths = keys.map(({ path }) => path), leaf = (path: string) => path.slice(path.lastIndexOf(".") + 1);
  const last = nearest(leaf(key), paths.map(leaf));
  const guess = nearest(key, paths) ?? paths.find((path) => leaf(path) === last);
  const meant = guess === undefined ? "" : `, did you mean ${guess}`;
  return new UsageError(
    `Cannot explain ${printable(key, { max: 100 })}: no preset has such a key${meant}\n` +
      "Hint: docs/presets.md lists every key",
  );
}
