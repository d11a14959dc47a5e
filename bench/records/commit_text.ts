import type { HistoryLine } from "./history_line.ts";

/** The commit of a line for people: "0123456789", "0123456789 and 2 others", "unknown". */
export function commitText(
  { commit, otherCommits = [] }: Pick<HistoryLine, "commit" | "otherCommits">,
): string {
  const newest = commit?.slice(0, 10) ?? "unknown", { length } = otherCommits;
  if (length === 0) return newest;
  return `${newest} and ${length === 1 ? "another" : `${length} others`}`;
}
