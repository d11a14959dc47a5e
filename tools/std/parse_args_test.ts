import { assert, assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";

Deno.test("parseArgs() reads text, switches and positional arguments", () => {
  const args = parseArgs(["plan", "--preset", "quick", "--resume", "--n=3", "7"], {
    string: ["preset"],
    boolean: ["resume", "json"],
  });
  const preset: string | undefined = args.preset;
  const resume: boolean = args.resume;
  assertEquals([preset, resume, args.json, args.n], ["quick", true, false, 3]);
  assertEquals(args._, ["plan", 7]);
});

Deno.test("parseArgs() keeps text that looks like a number", () => {
  const args = parseArgs(["--seeds", "007", "12"], { string: ["seeds", "_"] });
  assertEquals([args.seeds, args._], ["007", ["12"]]);
});

Deno.test("parseArgs() keeps the last value of a repeated option", () => {
  assertEquals(parseArgs(["--out", "a", "--out", "b"], { string: ["out"] }).out, "b");
  assertEquals(parseArgs(["--quick", "--quick"], { boolean: ["quick"] }).quick, true);
});

Deno.test("parseArgs() collects where asked", () => {
  const options = { string: ["set"], collect: ["set"] } as const;
  const many: string[] = parseArgs(["--set", "a=1", "--set", "b=2"], options).set;
  assertEquals(many, ["a=1", "b=2"]);
  assertEquals(parseArgs(["--set", "a=1"], options).set, ["a=1"]);
  assertEquals(parseArgs([], options).set, []);
});

Deno.test("parseArgs() fills defaults and aliases", () => {
  const options = {
    string: ["out"],
    default: { out: "results", sizes: [1, 2] },
    alias: { out: "o" },
  } as const;
  const out: string = parseArgs([], options).out;
  assertEquals(out, "results");
  assertEquals(parseArgs([], options).sizes, [1, 2]);
  assertEquals(parseArgs(["-o", "x"], options).out, "x");
});

Deno.test("parseArgs() negates only negatable options", () => {
  const options = { boolean: ["cache", "resume"], negatable: ["cache"], default: { cache: true } } as const;
  const args = parseArgs(["--no-cache", "--no-resume"], options);
  assertEquals([args.cache, args.resume, args["no-resume"]], [false, false, true]);
});

Deno.test("parseArgs() reports unknown options with name and value, and drops them on false", () => {
  const seen: unknown[] = [];
  const args = parseArgs(["--seeds", "1", "--speed=9", "--no-net", "word", "--", "--rest"], {
    string: ["seeds"],
    unknown: (...told) => {
      seen.push(told);
      return false;
    },
  });
  assertEquals(seen.slice(0, 3), [
    ["--speed=9", "speed", "9"],
    ["--no-net", "no-net", true],
    ["word"],
  ]);
  assert(!("speed" in args) && !("no-net" in args));
});

Deno.test("parseArgs() separates what follows --", () => {
  const args = parseArgs(["a", "--", "--b", "--no-c"], { "--": true });
  assertEquals([args._, args["--"]], [["a"], ["--b", "--no-c"]]);
});

Deno.test("parseArgs() stops early where asked", () => {
  assertEquals(parseArgs(["task", "--x", "1"], { stopEarly: true })._, ["task", "--x", "1"]);
});
