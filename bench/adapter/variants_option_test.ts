import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { parseVariants } from "./variants_option.ts";

const NO_ENV = () => undefined;

Deno.test("parseVariants() leaves it to the adapter by default, and takes the table where CI is set", () => {
  assertEquals(parseVariants(null, NO_ENV), { rule: "auto", pins: {} });
  assertEquals(parseVariants(null, (name) => name === "CI" ? "true" : undefined), {
    rule: "fixed",
    pins: {},
  });
  assertEquals(parseVariants("timed", () => "true"), { rule: "timed", pins: {} });
  assertEquals(parseVariants("fixed", NO_ENV), { rule: "fixed", pins: {} });
});

Deno.test("parseVariants() reads pins, alone and with a rule", () => {
  assertEquals(parseVariants("conv2d=1x8x8", NO_ENV), { rule: "auto", pins: { conv2d: "1x8x8" } });
  assertEquals(parseVariants("conv2d=1x8x8,fixed,conv2d_grad_input=1x16x8", NO_ENV), {
    rule: "fixed",
    pins: { conv2d: "1x8x8", conv2d_grad_input: "1x16x8" },
  });
});

Deno.test("parseVariants() names what is wrong, and what is known", () => {
  const refused: [text: string, reason: RegExp][] = [
    ["", /^Cannot read option variants: "" is neither fixed, timed nor OP=NAME, given $/],
    ["fast", /"fast" is neither fixed, timed nor OP=NAME, given fast$/],
    ["conv2d=", /"conv2d=" is neither/],
    ["fixed,timed", /one of fixed and timed is enough/],
    ["conv2b=1x8x8", /unknown operation conv2b, did you mean conv2d, known are conv2d, conv2d_grad_input/],
    ["conv2d=1x8x9", /conv2d has no variant 1x8x9, did you mean 1x8x., known are .*2x4x8/],
    ["conv2d=1x8x8,conv2d=2x4x8", /conv2d is pinned twice/],
  ];
  for (const [text, reason] of refused) {
    const { message, exitCode } = assertThrows(() => parseVariants(text, NO_ENV), UsageError);
    assertMatch(message, reason);
    assertEquals(exitCode, 2);
  }
});
