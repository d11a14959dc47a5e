import { cueDots, type CueRow } from "../charts/cue_dots.ts";
import { chartRows } from "../charts/rows.ts";
import { downloadLinks } from "../download.ts";
import { type Group, metricSpread } from "../groups.ts";
import { Html, markup } from "../html.ts";
import { metricRows } from "./results.ts";
import { chartFigure } from "./_parts.ts";

const CUES = [["robustCueAccuracy", "robust cue only"], [
  "nonRobustCueAccuracy",
  "non-robust cue only",
]] as const;

/** The calibration figure, or null where no cell was tested on single cues. */
export function calibrationSection(groups: readonly Group[]): Html | null {
  const hasCue = (group: Group) => CUES.some(([metric]) => metricSpread(group, metric));
  if (!groups.some(hasCue)) return null;
  const tested = groups.filter((group) => hasCue(group) || group.unfinished.length > 0);
  const rows = CUES.flatMap(([metric, cue]) =>
    chartRows(tested, metric).map((row): CueRow => ({ ...row, cue }))
  );
  const chance = metricSpread(groups.find(hasCue)!, "chance")?.mean ?? null;
  const data = CUES.flatMap(([metric]) => metricRows(tested, metric));
  return markup`<p>The planted data set carries two known cues, a large silhouette (robust) and a faint grating (non-robust). Test
images that show only one of them tell which cue an encoder uses, under each paradigm. This checks the instrument; it says nothing about
real images.</p>
<ul class="legend" aria-label="Legend"><li>${
    mark(`<circle cx="6" cy="6" r="5" fill="var(--set-robust)"/>`)
  }robust cue only</li><li>${
    mark(`<path d="M6 0 12 6 6 12 0 6z" fill="var(--set-non-robust)"/>`)
  }non-robust cue only</li></ul>
<div class="charts">${
    chartFigure({
      title: "Calibration: accuracy on test images with one cue",
      caption: `Large marks: mean over seeds. Small marks: seeds.${
        chance === null ? "" : " Dashed: guessing."
      }`,
      svg: cueDots(rows, { chance }),
      data: downloadLinks("calibration", data),
    })
  }</div>`;
}

function mark(shape: string): Html {
  return new Html(`<svg viewBox="0 0 12 12" aria-hidden="true">${shape}</svg>`);
}
