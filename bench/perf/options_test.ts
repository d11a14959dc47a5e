import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { parsePerfOptions } from "./options.ts";

Deno.test("parsePerfOptions() measures everything but the soak by default", () => {
  const { parts, samples, leastMs, starts, out } = parsePerfOptions([]);
  assertEquals([...parts], ["start", "ceilings", "kernels", "training", "attacks"]);
  assertEquals([samples, leastMs, starts, out], [5, 150, 3, null]);
});

Deno.test("parsePerfOptions() leaves the other parts out where kernels are picked, unless they are named", () => {
  assertEquals([...parsePerfOptions(["--only", "matmul"]).parts], ["ceilings", "kernels"]);
  assertEquals([...parsePerfOptions(["--only", "matmul", "--parts", "kernels, attacks"]).parts], [
    "kernels",
    "attacks",
  ]);
});

for (
  const [args, message] of [
    [["--stpes", "4"], /unknown option --stpes, did you mean/],
    [["--samples", "0"], /--samples must be a whole number from 1 to 999999, given 0$/],
    [["--soak", "many"], /--soak must be a whole number .*given many$/],
    [["--parts", "kernel"], /unknown part kernel, did you mean kernels, known are start, ceilings/],
    [
      ["--only", "convolve"],
      /^Cannot select kernels: no name holds convolve, known operations are matmul, conv2d/,
    ],
    [["fast"], /unexpected argument fast/],
  ] as const
) {
  Deno.test(`parsePerfOptions() refuses ${args.join(" ")}`, () => {
    const error = assertThrows(() => parsePerfOptions(args), UsageError);
    assertMatch(error.message, message);
    assertEquals(error.exitCode, 2);
  });
}
