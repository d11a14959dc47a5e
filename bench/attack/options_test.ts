import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { parseOptions } from "../../common/command_line/mod.ts";
import { inOptionNames } from "../../common/command_line/mod.ts";
import { ATTACK_OPTIONS, completeAttackOptions } from "./options.ts";

const NEEDED = ["--weights=w.safetensors", "--arch=resnet8", "--data=d", "--norm=Linf", "--eps=8/255"];
/** Reads arguments as the command does. */
function parseAll(args: readonly string[]) {
  const { options } = parseOptions(args, { table: ATTACK_OPTIONS, command: "deno task bench attack" });
  try {
    return completeAttackOptions(options);
  } catch (error) {
    throw new UsageError(inOptionNames((error as Error).message, ATTACK_OPTIONS));
  }
}

/** Reads the required options, those that are given otherwise left out, and more. */
const parse = (...more: string[]) => {
  const given = new Set(more.map((word) => word.split("=")[0]));
  return parseAll([...NEEDED.filter((word) => !given.has(word.split("=")[0])), ...more]);
};

Deno.test("completeAttackOptions() fills in the defaults", () => {
  const { variants: _, ...rest } = parse();
  assertEquals(rest, {
    weights: "w.safetensors",
    arch: "resnet8",
    data: "d",
    norm: "Linf",
    eps: { value: 8 / 255, label: "8/255" },
    version: "standard",
    attacks: null,
    n: 1000,
    batchSize: 128,
    seed: 0,
    iterations: 100,
    queries: 5000,
    mean: null,
    std: null,
    referenceRadius: false,
    officialConstants: false,
    outDir: null,
    resume: false,
    saveImages: false,
    backend: null,
  });
});

Deno.test("completeAttackOptions() reads all options", () => {
  const found = parse(
    ...["--version", "plus", "--attacks", "square, apgd-t", "--n=20", "--batch=7", "--seed=3"],
    ...["--iterations=5", "--queries=9", "--mean=0.5,0.4,-1", "--std=1,2,0.25", "--reference-radius"],
    "--official-constants",
    ...[
      "--out=a/b/",
      "--resume",
      "--save-images",
      "--variants=fixed",
    ],
  );
  assertEquals([found.version, found.attacks, found.n], ["plus", ["square", "apgd-t"], 20]);
  assertEquals([found.batchSize, found.seed, found.iterations, found.queries], [7, 3, 5, 9]);
  assertEquals([found.mean, found.std], [[0.5, 0.4, -1], [1, 2, 0.25]]);
  assertEquals([found.outDir, found.variants.rule], ["a/b", "fixed"]);
  const { referenceRadius, officialConstants, resume, saveImages } = found;
  const flags = [referenceRadius, officialConstants, resume, saveImages];
  assertEquals(flags, Array(4).fill(true));
});

const REFUSED: [args: string[], message: RegExp][] = [
  [
    ["--attacks=apgd"],
    /^Cannot read --attacks: unknown attack apgd, did you mean apgd-t, known are apgd-ce, apgd-dlr, /,
  ],
  [["--attacks=apgd-ce,apgd-ce"], /^Cannot read --attacks: apgd-ce is named twice, given apgd-ce,apgd-ce$/],
  [["--attacks=fab-t,"], /^Cannot read --attacks: must be attacks with commas between/],
  [["--norm=L1"], /^Cannot read --norm: unknown norm L1, did you mean L2, known are Linf, L2, given L1$/],
  [["--norm=linf"], /^Cannot read --norm: unknown norm linf, did you mean Linf, /],
  [
    ["--arch=resnet34"],
    /^Cannot read --arch: unknown architecture resnet34, .*known are resnet8, resnet18, resnet50, given resnet34$/,
  ],
  [["--version=standart"], /^Cannot read --version: unknown version standart, did you mean standard, /],
  [["--eps=0"], /^Cannot read --eps: a radius is above 0, given 0\n/],
  [["--eps=8"], /^Cannot read --eps: in Linf a radius is at most 1, .*given 8\nHint: write 8\/255 or 8px /],
  [["--n=0"], /^Cannot read --n: must be a whole number from 1 to 999999999, given 0$/],
  [["--n=1e3"], /^Cannot read --n: /],
  [["--batch=0"], /^Cannot read --batch: /],
  [["--seed=-1"], /^Cannot read --seed: must be a whole number from 0 /],
  [["--iterations=1.5"], /^Cannot read --iterations: /],
  [["--queries=many"], /^Cannot read --queries: /],
  [["--std=0,1,1"], /^Cannot read --std: it must be numbers above 0, one per channel, given 0,1,1\nHint: /],
  [
    ["--std=1e-50,1,1"],
    /^Cannot read --std: each number must be in \[0.001, 1000\], got 1e-50, given 1e-50,1,1$/,
  ],
  [
    ["--mean=1e39,0,0"],
    /^Cannot read --mean: each number must be in \[-10, 10\], got 1e\+39, given 1e39,0,0$/,
  ],
  [["--mean=123,0,0"], /: divide by 255, given 123,0,0$/],
  [["--mean=0.5,,1"], /^Cannot read --mean: it must be numbers, one per channel, /],
  [["--resume"], /^Cannot read --resume: it needs --out, which is missing\nHint: add --out DIR/],
  [["--variants=fast"], /^Cannot read --variants: /],
  [["--n=1", "--n=1"], /^Cannot run deno task bench attack: --n is given twice\n/],
  [["--eps", "-8px"], /^Cannot read --eps: a radius is above 0, given -8px\n/],
  [["--eps=1e-60"], /^Cannot read --eps: a radius below 1e-7 moves no pixel in float32, given 1e-60\n/],
  [["--epz=1"], /^Cannot run deno task bench attack: unknown option --epz, did you mean --eps/],
  [["file"], /^Cannot run deno task bench attack: unexpected argument file\n/],
];

for (const [args, message] of REFUSED) {
  Deno.test(`completeAttackOptions() refuses ${args.join(" ")}`, () => {
    assertMatch(assertThrows(() => parse(...args), UsageError).message, message);
  });
}

Deno.test("completeAttackOptions() names all that is missing", () => {
  assertMatch(
    assertThrows(() => parseAll(["--arch=resnet8", "--eps=1"]), UsageError).message,
    /^Cannot run deno task bench attack: --weights, --data, --norm are missing\nHint: deno task bench attack --help/,
  );
});
