import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../usage_error.ts";
import { describeOptions } from "./help.ts";
import { flag, option } from "./option.ts";
import { list, number, oneOf, text, whole } from "./option_types.ts";
import { parseOptions } from "./parse_options.ts";

const TABLE = [
  option({ name: "out", property: "outDir", value: "DIR", type: text(), help: "where" }),
  option({ name: "rounds", value: "N", type: whole({ min: 1, max: 9 }), default: 5, help: "how often" }),
  option({ name: "eps", value: "RADIUS", type: number({ min: -8 }), help: "how far" }),
  option({
    name: "parts",
    value: "LIST",
    type: list(oneOf("part", ["start", "soak"]), { of: "parts" }),
    help: "",
  }),
  option({ name: "variants", renamedFrom: "choices", value: "RULE", type: text(), help: "how" }),
  flag({ name: "resume", needs: "outDir", help: "continue" }),
  flag({ name: "quiet", help: "silent" }),
  flag({ name: "help", alias: "h", help: "this" }),
] as const;

const parse = (...args: string[]) => parseOptions(args, { table: TABLE, command: "deno task x" }).options;
const refusal = (...args: string[]) => {
  const error = assertThrows(() => parse(...args), UsageError);
  assertEquals(error.exitCode, 2);
  return error.message;
};

Deno.test("parseOptions() leaves out what is absent", () => assertEquals(parse(), {}));

Deno.test("parseOptions() reads typed values under the names of properties", () => {
  const found = parse("--out", "012", "--rounds=3", "--parts", "soak, start", "--resume", "--eps=0.5");
  assertEquals(found, { outDir: "012", rounds: 3, parts: ["soak", "start"], resume: true, eps: 0.5 });
  assertEquals(parse("--out=a=b"), { outDir: "a=b" });
});

Deno.test("parseOptions() asks for values", () => {
  assertMatch(refusal("--out"), /--out needs a value, DIR/);
  assertMatch(refusal("--out", "--quiet"), /--out needs a value, DIR/);
});

Deno.test("parseOptions() says which value an option does not take, and which it takes", () => {
  assertEquals(refusal("--rounds", "0"), "Cannot read --rounds: must be a whole number from 1 to 9, given 0");
  assertMatch(refusal("--rounds=1e0"), /given 1e0$/);
  assertMatch(
    refusal("--parts=sok"),
    /^Cannot read --parts: unknown part sok, did you mean soak, .* given sok$/,
  );
  assertMatch(
    refusal("--parts=soak,"),
    /^Cannot read --parts: must be parts with commas between, given soak,$/,
  );
  assertMatch(refusal("--parts=soak,soak"), /: soak is named twice, given soak,soak$/);
});

Deno.test("parseOptions() says the new name of a renamed option, and what an option needs", () => {
  assertMatch(refusal("--choices=fixed"), /--choices was renamed, it is --variants now/);
  assertEquals(
    refusal("--resume"),
    "Cannot read --resume: it needs --out, which is missing\nHint: add --out DIR",
  );
});

Deno.test("parseOptions() reads -h as --help", () => assert(parse("-h").help));

Deno.test("parseOptions() suggests the nearest option for an unknown one", () => {
  assertStringIncludes(refusal("--rouns", "2"), "unknown option --rouns, did you mean --rounds, known are");
  assertStringIncludes(refusal("-x"), "unknown option -x, known are --out");
  assertStringIncludes(refusal("--no-quiet"), "unknown option --no-quiet");
});

Deno.test("parseOptions() takes what begins with a minus for a value where a number does", () => {
  assertEquals(parse("--eps", "-.5"), { eps: -0.5 });
  assertStringIncludes(refusal("--eps", "-x"), "unknown option -x");
});

Deno.test("parseOptions() refuses what is given twice, and values of flags", () => {
  assertStringIncludes(refusal("--out", "a", "--out", "a"), "--out is given twice");
  assertStringIncludes(refusal("--out=a", "--quiet", "--out", "b"), "--out is given twice");
  assertStringIncludes(refusal("-h", "--help"), "--help is given twice");
  assertStringIncludes(refusal("--quiet=false"), "--quiet takes no value, given false");
  assertStringIncludes(refusal("--quiet", "false"), "unexpected argument false");
});

Deno.test("parseOptions() refuses arguments that are not options, unless the command takes paths", () => {
  assertStringIncludes(refusal("--quiet", "quick"), "unexpected argument quick");
  const { paths, options } = parseOptions(["a", "--rounds", "2", "7"], {
    table: TABLE,
    command: "x",
    paths: true,
  });
  assertEquals([paths, options], [["a", "7"], { rounds: 2 }]);
});

Deno.test("describeOptions() has a line for every option, with its default", () => {
  const lines = describeOptions(TABLE).trimEnd().split("\n");
  assertEquals(lines.length, TABLE.length);
  TABLE.forEach(({ name, help }, i) => assert(lines[i].includes(`--${name}`) && lines[i].includes(help)));
  assertMatch(lines[1], /^ {2}--rounds N +how often \[5\]$/);
});
