import { autoAttackOf } from "../auto_attack.ts";
import { isObject } from "../../common/is_object.ts";
import { downloadLinks } from "../download.ts";
import { duration, percent, percentSpread } from "../format.ts";
import { byParadigm, type Group, metricSpread, shortParadigm } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import { type Spread, spread } from "../../bench/statistics/spread.ts";
import type { LoadedRecord } from "../types.ts";
import { swatch, tableFrame } from "./_parts.ts";

/** The robust accuracy after each attack of AutoAttack, or null if AutoAttack was not run. */
export function cascadeTable(groups: readonly Group[]): Html | null {
  const attacked = groups.filter((group) => metricSpread(group, "autoAttackAccuracy"));
  const attacks = [...new Set(attacked.flatMap(({ done }) => done.flatMap(attacksOf)))];
  if (attacks.length === 0) return null;
  const name = "AutoAttack, attack by attack";
  const several = byParadigm(attacked).length > 1;
  const rows = attacked.map((group) => {
    const left = attacks.map((attack) => spread(group.done.flatMap((loaded) => leftAfter(loaded, attack))));
    const clock = metricSpread(group, "autoAttackSeconds");
    return { group, left, clock };
  });
  const data = rows.map(({ group, left, clock }) => ({
    paradigm: group.paradigm,
    trainedOn: group.label,
    ...Object.fromEntries(attacks.map((attack, i) => [attack, left[i]?.mean ?? null])),
    seconds: clock?.mean ?? null,
  }));
  return markup`<details><summary>${name}: accuracy after each attack</summary>${
    tableFrame(
      name,
      markup`<table><caption>${name}: share of the attacked test images that is still correct after this attack and all before
it, mean ± sample standard deviation over seeds; clean accuracy and PGD on the same images for comparison.</caption>
<thead><tr><th scope="col">Trained on</th><th scope="col" class="n">Clean</th><th scope="col" class="n">PGD</th>${
        attacks.map((attack) => markup`<th scope="col" class="n">${attack}</th>`)
      }<th scope="col" class="n">Time</th></tr></thead>
<tbody>${
        rows.map(({ group, left, clock }) =>
          markup`<tr><th scope="row">${swatch(group.set)}${
            several ? `${shortParadigm(group.paradigm)}, ` : ""
          }${group.label}</th>${cell(metricSpread(group, "attackedCleanAccuracy"))}${
            cell(metricSpread(group, "pgdAccuracy"))
          }${left.map(cell)}<td class="n">${clock ? duration(1000 * clock.mean) : ""}</td></tr>
`
        )
      }</tbody></table>`,
    )
  }${downloadLinks("autoattack", data)}</details>`;
}

function cell(value: Spread | null): Html {
  if (value === null) return markup`<td class="n quiet">not recorded</td>`;
  return markup`<td class="n">${value.n === 1 ? percent(value.mean) : percentSpread(value)}</td>`;
}

/** The attacks of a record in their order. */
function attacksOf(loaded: LoadedRecord): string[] {
  const { evaluation } = loaded.record.config;
  if (autoAttackOf(loaded) === null || !isObject(evaluation) || !isObject(evaluation.autoAttack)) return [];
  const { attacks } = evaluation.autoAttack;
  return Array.isArray(attacks) ? attacks.map(String) : [];
}

/** Accuracy after an attack; an attack without images left to attack does not change it. */
function leftAfter(loaded: LoadedRecord, attack: string): number[] {
  const samples = loaded.record.metrics.autoAttackAccuracy?.samples ?? [];
  const index = attacksOf(loaded).indexOf(attack);
  return index < 0 || samples.length === 0 ? [] : [samples[Math.min(index, samples.length - 1)]];
}
