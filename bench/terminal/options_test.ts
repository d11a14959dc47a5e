import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { BENCH_OPTIONS } from "../bench_options.ts";
import { describeOptions, parseOptions } from "./options.ts";
import { UsageError } from "../../common/usage_error.ts";

const parse = (...args: string[]) => parseOptions(args, { table: BENCH_OPTIONS, command: "deno task bench" });
const refusal = (...args: string[]) => {
  const error = assertThrows(() => parse(...args), UsageError);
  assertEquals(error.exitCode, 2);
  return error.message;
};

Deno.test("parseOptions() gives null and false for what is absent", () => {
  assertEquals({ ...parse() }, {
    preset: null,
    backend: null,
    data: null,
    events: false,
    seeds: null,
    out: null,
    quiet: false,
    resume: false,
    reuse: null,
    jobs: null,
    choices: null,
    "vector-width": null,
    json: false,
    help: false,
  });
});

for (const { name, value } of BENCH_OPTIONS) {
  Deno.test(`parseOptions() reads --${name}`, () => {
    if (value === null) return assertEquals(parse(`--${name}`)[name], true);
    assertEquals(parse(`--${name}`, "012")[name], "012");
    assertEquals(parse(`--${name}=a=b`)[name], "a=b");
    assertMatch(refusal(`--${name}`), new RegExp(`--${name} needs a value`));
    assertMatch(refusal(`--${name}`, "--json"), new RegExp(`--${name} needs a value`));
  });
}

Deno.test("parseOptions() reads -h as --help", () => assert(parse("-h").help));

Deno.test("parseOptions() suggests the nearest option for an unknown one", () => {
  assertStringIncludes(
    refusal("--presset", "quick"),
    "unknown option --presset, did you mean --preset, known are",
  );
  assertStringIncludes(refusal("--sed=1"), "unknown option --sed, did you mean --seeds");
  assertStringIncludes(refusal("-x"), "unknown option -x, known are --preset");
  assertStringIncludes(refusal("--no-quiet"), "unknown option --no-quiet");
});

Deno.test("parseOptions() takes what begins with a minus for a value where a number does", () => {
  const table = [{ name: "mean", value: "R,G,B", help: "" }, {
    name: "eps",
    value: "RADIUS",
    help: "",
  }] as const;
  const read = (...args: string[]) => parseOptions(args, { table, command: "x" });
  assertEquals(read("--mean", "-0.5,0,0", "--eps", "-8px"), { mean: "-0.5,0,0", eps: "-8px" });
  assertEquals(read("--mean", "-.5", "--eps=-1"), { mean: "-.5", eps: "-1" });
  assertThrows(() => read("--mean", "-x"), UsageError, "unknown option -x, known are --mean, --eps");
});

Deno.test("parseOptions() refuses what is given twice, and values of switches", () => {
  assertStringIncludes(refusal("--out", "a", "--out", "a"), "--out is given twice");
  assertStringIncludes(refusal("--out=a", "--quiet", "--out", "b"), "--out is given twice");
  assertStringIncludes(refusal("-h", "--help"), "--help is given twice");
  assertStringIncludes(refusal("--resume=false"), "--resume takes no value, given false");
  assertStringIncludes(refusal("--resume", "false"), "unexpected argument false");
});

Deno.test("parseOptions() refuses words that are no options", () => {
  assertStringIncludes(refusal("--json", "quick"), "unexpected argument quick");
});

Deno.test("describeOptions() has a line for every option", () => {
  const lines = describeOptions(BENCH_OPTIONS).trimEnd().split("\n");
  assertEquals(lines.length, BENCH_OPTIONS.length);
  BENCH_OPTIONS.forEach(({ name, help }, i) =>
    assert(lines[i].includes(`--${name}`) && lines[i].endsWith(help))
  );
});
