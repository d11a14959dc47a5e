/** The text of `docs/presets.md`, from the tables that the parser of presets reads.
 *
 * @module
 */
import { type PresetKey, type PresetSection, presetSections } from "../bench/config/reference.ts";
import { PRESETS } from "../bench/config/load_preset.ts";
import { presetsThatSet } from "../bench/config/presets_that_set.ts";
import { describeField } from "../settings/field.ts";

/** A preset that names another architecture and another attack; `docs_test.ts` runs it. */
export const EXAMPLE = `# A vision transformer, judged by two attacks of AutoAttack in Linf.
name: vit-linf
description: a small vision transformer on generated images
dataset: { name: planted, trainSize: 64, testSize: 32, size: 12 }
model: { arch: vit, patchSize: 4, dim: 16, depth: 1, heads: 2 }
training: { epochs: 1, batchSize: 16, optimizer: adamw, lr: 0.001 }
adversarialTraining: null
featureSets: {}
probe: null
evaluation:
  batchSize: 16
  attack: { norm: Linf, eps: 4/255, steps: 2 }
  autoAttack: { version: custom, images: 8, attacks: [apgd-ce, square], iterations: 2, queries: 10 }
`;

const NAMES = Object.keys(PRESETS).map((name) => "`" + name + "`").join(", ");

const TOP =
  `A preset is a YAML file: it says on which images, with which networks and under which attacks a run measures.
Every key but \`name\` and \`description\` has a default. A key that is unknown, misspelt or out of range is refused
with its line, and the nearest known key is named. \`bench --explain KEY\` prints the lines of one key.

Presets at hand: ${NAMES}. \`--preset NAME\` runs one of
them, \`--preset FILE.yaml\` your own.

## Example

\`\`\`yaml
${EXAMPLE}\`\`\`

Save it as \`vit.yaml\`; \`deno task bench --preset vit.yaml\` runs it in a minute.

Pixels go from 0 to 1: where the unit is "pixel units", 8/255 are eight steps of a byte. A choice such as \`model.arch\`
decides which further keys its section has; they are listed with it in brackets.
`;

/** The whole page, unformatted. */
export function presetsPage(): string {
  return [
    "<!-- Made by deno task reference from the tables of settings: do not edit. -->\n",
    "# Presets\n",
    TOP,
    ...presetSections().map(sectionText),
  ].join("\n");
}

function sectionText({ path, about, keys }: PresetSection): string {
  const rows = keys.map((key) => rowOf(key, path));
  const table = rows.length === 0 ? [] : [
    "| key | value | unit | default | meaning | set by |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ];
  const title = path === "" ? "The top" : "`" + path + "`";
  return [`## ${title}\n`, about, "", ...table, ""].join("\n");
}

function rowOf(key: PresetKey, section: string): string {
  const { path, of, field, defaultText } = key;
  const name = section === "" ? path : path.slice(section.length + 1);
  const unit = "unit" in field && field.unit !== "1" ? field.unit : "";
  const cells = [
    "`" + name + "`" + (of === null ? "" : ` (${of.choice})`),
    describeField(field),
    unit,
    defaultText,
    field.help,
    setBy(key),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;
}

function setBy(key: PresetKey): string {
  const names = presetsThatSet(key);
  return names.length === Object.keys(PRESETS).length ? "all" : names.join(", ");
}
