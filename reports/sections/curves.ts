import { type ProbeCurve, probeCurves } from "../charts/probe_curves.ts";
import { downloadLinks, type Rows } from "../download.ts";
import { featureSetStyle } from "../feature_sets.ts";
import { percent } from "../format.ts";
import { byParadigm, type Group, metricSpread, paradigmLabel, shortParadigm } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import { chartFigure, tableFrame } from "./_parts.ts";

/** Probe accuracy during training, a chart per paradigm, or null where no cell recorded it. */
export function curvesSection(groups: readonly Group[]): Html | null {
  const parts = byParadigm(groups).map((part) => ({ part, curves: part.flatMap(curvesOf) }))
    .filter(({ curves }) => curves.length > 0);
  if (parts.length === 0) return null;
  return markup`<p>The usefulness of an encoder during its training: at some epochs a linear probe is trained on the frozen encoder,
on a subset of the images. The tables show the accuracy of the full probe after training.</p>
<div class="charts">${
    parts.map(({ part, curves }) => {
      const chance = metricSpread(part.find((g) => metricSpread(g, "chance")) ?? part[0], "chance")?.mean ??
        null;
      const { paradigm } = part[0];
      const name = paradigm === null ? "Paradigm not recorded" : paradigmLabel(part[0]);
      return chartFigure({
        title: `${name[0].toUpperCase()}${name.slice(1)}`,
        caption: `Probe accuracy in %, a line per seed.${chance === null ? "" : " Dashed: guessing."}`,
        svg: probeCurves(curves, { chance }),
        data: markup`<div>${downloadLinks(`probe-curves-${shortParadigm(paradigm)}`, rowsOf(curves))}${
          curveTable(name, curves)
        }</div>`,
      });
    })
  }</div>`;
}

function curvesOf(group: Group): ProbeCurve[] {
  return group.done.flatMap(({ record: { metrics, seed } }) => {
    const [accuracies, epochs] = [metrics.probeCurve?.samples, metrics.probeCurveEpochs?.samples];
    if (!accuracies || !epochs || accuracies.length === 0) return [];
    return [{
      label: group.label,
      color: featureSetStyle(group.set).color,
      seed,
      points: epochs.map((epoch, index) => ({ epoch, accuracy: accuracies[index] })),
    }];
  });
}

/** The numbers behind a chart: a row per epoch, a column per line. */
function curveTable(paradigm: string, curves: readonly ProbeCurve[]): Html {
  const epochs = [...new Set(curves.flatMap(({ points }) => points.map(({ epoch }) => epoch)))]
    .sort((a, b) => a - b);
  const name = `Probe accuracy during training, ${paradigm}`;
  return markup`<details><summary>As a table</summary>${
    tableFrame(
      name,
      markup`<table><caption>${name}</caption>
<thead><tr><th scope="col">Trained on, seed</th>${
        epochs.map((epoch) => markup`<th scope="col" class="n">epoch ${epoch}</th>`)
      }</tr></thead>
<tbody>${
        curves.map(({ label, seed, points }) =>
          markup`<tr><th scope="row">${label}, ${seed}</th>${
            epochs.map((epoch) => {
              const point = points.find((other) => other.epoch === epoch);
              return markup`<td class="n">${point ? percent(point.accuracy) : "not measured"}</td>`;
            })
          }</tr>
`
        )
      }</tbody></table>`,
    )
  }</details>`;
}

function rowsOf(curves: readonly ProbeCurve[]): Rows {
  return curves.flatMap(({ label, seed, points }) =>
    points.map(({ epoch, accuracy }) => ({ trainedOn: label, seed, epoch, probeAccuracy: accuracy }))
  );
}
