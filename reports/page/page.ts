import { groupOverSeeds } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import { links as linksFrom } from "../paths.ts";
import { performanceParts, type SpeedRecords } from "./performance.ts";
import { calibrationSection } from "../sections/calibration.ts";
import { constructionSection } from "../sections/construction.ts";
import { costSection } from "../sections/cost.ts";
import { curvesSection } from "../sections/curves.ts";
import { methodSection } from "../sections/method.ts";
import { notices } from "../sections/notices.ts";
import { picturesSection } from "../sections/pictures.ts";
import { problemsSection } from "../sections/problems.ts";
import { relativeSection } from "../sections/relative.ts";
import { resultsSection } from "../sections/results.ts";
import { seedsSection } from "../sections/seeds.ts";
import { settingsSection } from "../sections/settings.ts";
import { htmlPage } from "../shell.ts";
import { summarySentences } from "../summary.ts";
import type { LoadedRun } from "../types.ts";

/** Options of a page; none of them is part of the run. */
export interface ReportOptions {
  /** Relative path from the page's folder to the run folder, empty (the default) or ending in a slash. */
  readonly base?: string;
  /** Measured speed of the engine, shown after the run's own results. */
  readonly performance?: SpeedRecords;
}

/**
 * The whole report of a run as one HTML file: styles, charts and images stand in it, nothing is fetched and no
 * script runs. The same run gives the same text.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * const run = { name: "empty", manifest: null, records: [], examples: [], pictures: [], problems: [] };
 * assertStringIncludes(renderReport(run), "No record of this run trains an encoder.");
 * ```
 */
export function renderReport(run: LoadedRun, { base = "", performance = {} }: ReportOptions = {}): string {
  const links = linksFrom(base);
  const trained = groupOverSeeds(run, "train");
  const constructed = groupOverSeeds(run, "construct");
  const preset = run.manifest?.preset ?? run.records[0]?.record.preset ?? run.name;
  const sections = ([
    ["summary", "Summary", markup`${summarySentences(trained).map((text) => markup`<p>${text}</p>`)}`],
    ["relative", "Relative usefulness", relativeSection(trained)],
    ["calibration", "Calibration on planted cues", calibrationSection(trained)],
    ["results", "Usefulness and robustness", resultsSection(trained, links)],
    ["curves", "Usefulness during training", curvesSection(trained)],
    ["pictures", "Pictures", picturesSection(run, trained)],
    ["sets", "Constructed feature sets", constructionSection(run, { groups: constructed, links })],
    ["seeds", "Every seed", seedsSection([...trained, ...constructed], links)],
    ["problems", "Failures and warnings", problemsSection(run, links)],
    ["cost", "Cost of each cell", costSection(trained)],
    ["settings", "Settings and machine", settingsSection(run)],
    ["method", "How to read the numbers", methodSection(trained)],
    ...performanceParts(performance),
  ] as const).filter((part): part is readonly [typeof part[0], string, Html] => part[2] !== null);
  return htmlPage({
    title: `${preset}: how useful and how robust are the features? (realfeatures)`,
    heading: "How useful and how robust are the features?",
    meta: markup`<p class="meta">realfeatures, preset <strong>${preset}</strong>${
      run.manifest && ` · ${run.manifest.startedAt.slice(0, 10)} · run ${run.manifest.runId}`
    }</p>
${run.manifest?.description ? markup`<p class="quiet">${run.manifest.description}</p>` : null}`,
    notices: notices(run),
    sections,
    footer:
      `Made by <code>deno task report</code> from the records of this run. The page holds its own data and needs neither network nor script;
links to records work as long as they stay in one folder.`,
  });
}
