/** The formats of `bench compare` by name. */
import type { TableOptions } from "./cells.ts";
import type { Comparison } from "../comparison.ts";
import { formatJunit } from "./junit.ts";
import { formatMarkdown } from "./markdown.ts";
import { formatText } from "./text.ts";
import { formatBencher, formatGithubActionBenchmark } from "./trackers.ts";

/** Names of the formats. */
export type ComparisonFormat =
  | "text"
  | "markdown"
  | "junit"
  | "json"
  | "github-action-benchmark"
  | "github-action-benchmark-bigger"
  | "bencher";

/** From a comparison to text. */
export const FORMATS: Readonly<
  Record<ComparisonFormat, (comparison: Comparison, options?: TableOptions) => string>
> = {
  text: formatText,
  markdown: formatMarkdown,
  junit: formatJunit,
  json: (comparison) => JSON.stringify(comparison, null, 2) + "\n",
  "github-action-benchmark": (comparison) => formatGithubActionBenchmark(comparison, "less"),
  "github-action-benchmark-bigger": (comparison) => formatGithubActionBenchmark(comparison, "more"),
  bencher: formatBencher,
};

/** A comparison as text, in one of the formats of `deno task bench compare --format`; `docs/compare.md` lists them. */
export function formatComparison(
  comparison: Comparison,
  format: ComparisonFormat = "text",
  options: TableOptions = {},
): string {
  return FORMATS[format](comparison, options);
}
