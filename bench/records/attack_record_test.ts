import { assertEquals, assertThrows } from "@std/assert";
import { ATTACK_RECORD } from "./attack_record.ts";
import { sealed } from "./seal.ts";
import { readFixture } from "./testing/fixtures.ts";

const { json, text } = await readFixture("v1/attack.json");

Deno.test("ATTACK_RECORD migrates version 1, and reads what it writes", () => {
  const found = ATTACK_RECORD.read(text);
  if (!("value" in found)) throw new Error(found.fault);
  const { value, version } = found;
  assertEquals([value.version, version, found.sealed], [2, 1, true]);
  const { codeHash, readPath, ...configuration } = value.configuration;
  const { benchmarkVersion, kernelVariant, ...old } = json.configuration;
  assertEquals([codeHash, readPath, configuration], [benchmarkVersion, kernelVariant, old]);
  assertEquals([value.asked, value.referenceRadius, value.checks], [
    json.asked,
    json.referenceRadius,
    json.checks,
  ]);
  assertEquals(value.variants, json.kernelChoices);
  assertEquals(value.durationMs, 1000 * (json.asked.seconds + json.referenceRadius.seconds));
  assertEquals(ATTACK_RECORD.read(ATTACK_RECORD.write(value)), { value, sealed: true, version: 2 });
});

const { sha256: _, ...content } = json;

for (
  const [what, change, fault] of [
    ["a later version", { version: 3 }, "version is 3, known are 1 to 2"],
    [
      "an accuracy in percent",
      { asked: { ...json.asked, robustAccuracy: 8.3 } },
      "asked.robustAccuracy is not a fraction",
    ],
    [
      "an interval of one number",
      { asked: { ...json.asked, robustInterval: [0] } },
      "asked.robustInterval holds 1",
    ],
    [
      "another norm",
      { configuration: { ...json.configuration, norm: "L1" } },
      'configuration.norm is not one of Linf, L2, got "L1"',
    ],
    [
      "a radius that is text",
      { configuration: { ...json.configuration, eps: "8/255" } },
      "configuration.eps is not a number from 0",
    ],
  ] as const
) {
  Deno.test(`ATTACK_RECORD refuses ${what}`, () => {
    assertThrows(() => ATTACK_RECORD.parse(sealed({ ...content, ...change })), SyntaxError, fault);
  });
}

Deno.test("ATTACK_RECORD refuses a record of version 1 with a digit that changed", () => {
  const edited = JSON.parse(text.replace('"queries": 5', '"queries": 6'));
  assertThrows(() => ATTACK_RECORD.parse(edited), SyntaxError, "its content has another sha256");
});
