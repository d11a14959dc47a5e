import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { BENCH_OPTIONS } from "../bench_options.ts";
import { describeOptions, parseOptions } from "./options.ts";
import { UsageError } from "./usage_error.ts";

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
