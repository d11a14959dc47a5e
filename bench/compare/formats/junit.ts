import { type Change, REGRESSIONS } from "../change.ts";
import { fullName } from "../sides/source.ts";
import { changeOf, rowOf } from "./cells.ts";
import type { Comparison } from "../comparison.ts";

/**
 * The comparison as JUnit XML: a test case for each quantity, failed if it became worse, skipped if it was not judged. Elements and attributes as in https://github.com/testmoapp/junitxml.
 */
export function formatJunit({ base, head, changes }: Comparison): string {
  const failures = changes.filter(isFailure).length, skipped = changes.filter(isSkipped).length;
  const counts = `tests="${changes.length}" failures="${failures}" errors="0" skipped="${skipped}" time="0"`;
  const name = escape(`compare ${base.path} ${head.path}`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" ${counts}>`,
    `  <testsuite name="${name}" ${counts} timestamp="${escape(head.startedAt)}">`,
    ...changes.map(testCase),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(change: Change): string {
  const { cell, name, verdict, statistic } = change;
  const head = `    <testcase classname="${escape(cell || "record")}" name="${escape(name)}" time="0"`;
  const [, before, after, unit, , interval] = rowOf(change);
  const detail = `${fullName(cell, name)}: ${verdict}, from ${before} to ${after} ${unit}, change ${
    changeOf(change)
  }, 95 % interval ${interval}; ${statistic}`;
  if (isFailure(change)) {
    return `${head}>\n      <failure type="${verdict}" message="${escape(detail)}">${
      escape(detail)
    }</failure>\n` +
      "    </testcase>";
  }
  if (isSkipped(change)) {
    return `${head}>\n      <skipped message="${escape(`${verdict}: ${statistic}`)}"/>\n    </testcase>`;
  }
  return `${head}/>`;
}

function isFailure({ verdict }: Change): boolean {
  return REGRESSIONS.includes(verdict);
}

function isSkipped({ verdict }: Change): boolean {
  return !REGRESSIONS.includes(verdict) && verdict !== "same" && verdict !== "better";
}

/** Escapes text and attributes; characters that XML 1.0 cannot hold become U+FFFD. */
function escape(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;").replaceAll("\r", "&#13;");
}
