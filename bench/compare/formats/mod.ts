/** The formats of `bench compare` by name. */
import type { Comparison } from "./comparison.ts";
import { formatJunit } from "./junit.ts";
import { formatMarkdown } from "./markdown.ts";
import { formatText } from "./text.ts";
import { formatBencher, formatGithubActionBenchmark } from "./trackers.ts";

/** From a comparison to text. */
export const FORMATS: Readonly<Record<string, (comparison: Comparison) => string>> = {
  text: formatText,
  markdown: formatMarkdown,
  junit: formatJunit,
  json: (comparison) => JSON.stringify(comparison, null, 2) + "\n",
  "github-action-benchmark": (comparison) => formatGithubActionBenchmark(comparison, "less"),
  "github-action-benchmark-bigger": (comparison) => formatGithubActionBenchmark(comparison, "more"),
  bencher: formatBencher,
};
