import { count } from "../format.ts";
import { type Html, markup } from "../html.ts";
import type { LoadedRun } from "../types.ts";
import { missingCells } from "./problems.ts";

/** Warnings shown before any number: the run is small or incomplete. */
export function notices(run: LoadedRun): Html[] {
  const records = run.records.map(({ record }) => record);
  const quick = records.some((record) => record.status === "quick");
  const unfinished = records.filter(({ status }) => status === "failed" || status === "skipped").length;
  const missing = missingCells(run).length;
  const texts = [
    quick &&
    markup`<strong>Too small to draw conclusions.</strong> This run is marked quick: it shows that the suite works and what a result
looks like; its training and its seeds are too few for more.`,
    unfinished + missing > 0 &&
    markup`<strong>Not every cell has a result.</strong> ${count(unfinished, "cell")} failed or ${
      unfinished === 1 ? "was" : "were"
    } skipped, ${missing} left no record that can be read: see <a href="#problems">failures and warnings</a>. They are shown as such, not as zero.`,
    run.manifest === null &&
    markup`<strong>run.json could not be read.</strong> What was asked for is unknown; the page shows the records that exist.`,
  ];
  return texts.flatMap((text) => text ? [markup`<div class="notice" role="note"><p>${text}</p></div>`] : []);
}
