import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { recordKind, type RecordOf } from "./kind.ts";
import { amount, list, object, oneOf, optional, orNull, positive, refine, renamed, text } from "./rules.ts";
import { sealed } from "./seal.ts";

const SPEED = recordKind({
  schema: "test/speed",
  what: "the record of a speed",
  fields: {
    label: text,
    unit: oneOf("ms", "s"),
    samples: list(object({ value: positive, note: optional(text) })),
    limit: orNull(amount),
    range: refine(list(amount), ([low, high]) => low <= high ? [] : ["[1] is below [0]"]),
  },
  migrations: [
    (old) => renamed(old, { name: "label" }),
    (old) => ({ limit: null, ...old }),
  ],
  together: ({ limit, samples }) =>
    samples.flatMap(({ value }, i) =>
      limit !== null && value > limit ? [`samples[${i}] is above the limit`] : []
    ),
});
type Speed = RecordOf<typeof SPEED>;

const RECORD: Speed = SPEED.of({ label: "a", unit: "ms", samples: [{ value: 1 }], limit: 2, range: [0, 1] });

Deno.test("recordKind() infers the type, reads what it wrote, and knows its version", () => {
  assertEquals(SPEED.version, 3);
  assertEquals(RECORD.version, 3);
  const unit: "ms" | "s" = RECORD.unit, note: string | undefined = RECORD.samples[0].note;
  assertEquals([unit, note], ["ms", undefined]);
  assertEquals(SPEED.read(SPEED.write(RECORD)), { value: RECORD, sealed: true, version: 3 });
});

Deno.test("recordKind() migrates every older version, with a seal or without", () => {
  const { schema, label: name, limit: _, version: __, ...rest } = RECORD;
  const first = { schema, version: 1, name, ...rest }, second = { schema, version: 2, label: name, ...rest };
  const value = { ...RECORD, limit: null };
  for (const old of [first, second]) {
    assertEquals(SPEED.check(old), { value, sealed: false, version: old.version });
    assertEquals(SPEED.check(sealed(old)), { value, sealed: true, version: old.version });
  }
  const found = SPEED.check({ ...sealed(first), name: "b" });
  assertStringIncludes(
    "fault" in found ? found.fault : "",
    "of version 1, read as 3: its content has another sha256",
  );
});

Deno.test("recordKind() refuses a later version by name, and tells it from a damaged one", () => {
  const later = { ...RECORD, version: 4, more: 1 };
  const fault = "version is 4, known are 1 to 3";
  assertEquals(SPEED.check(sealed(later)), {
    fault: `it was written by a later version of this program: ${fault}`,
    later: true,
  });
  assertEquals(SPEED.check({ ...sealed(RECORD), version: 4 }), { fault, later: false });
});

const FAULTS: [change: Record<string, unknown>, fault: string][] = [
  [{ schema: "test/else" }, 'schema is not test/speed, got "test/else"'],
  [{ version: "3" }, 'version is not known, got "3"'],
  [{ label: 7 }, "label is not a string, got 7"],
  [{ label: undefined }, "label is missing"],
  [{ unit: "h" }, 'unit is not one of ms, s, got "h"'],
  [{ samples: {} }, "samples is not a list, got {}"],
  [{ samples: [[]] }, "samples[0] is not an object, got []"],
  [{ samples: [{ value: 1 }, { value: "1" }] }, 'samples[1].value is not a positive number, got "1"'],
  [{ samples: [{}] }, "samples[0].value is missing"],
  [{ samples: [{ value: 1, note: null }] }, "samples[0].note is not a string, got null"],
  [{ samples: [{ value: 3 }] }, "samples[0] is above the limit"],
  [{ limit: -1 }, "limit is not a number from 0, got -1"],
  [{ range: [2, 1] }, "range[1] is below [0]"],
];

for (const [change, fault] of FAULTS) {
  Deno.test(`recordKind() names the fault: ${fault}`, () => {
    const json = sealed(JSON.parse(JSON.stringify({ ...RECORD, ...change })));
    const { message } = assertThrows(() => SPEED.parse(json), SyntaxError);
    assertEquals(message, `Cannot read the record of a speed: ${fault}`);
  });
}

Deno.test("recordKind() names every fault at once, and refuses JSON that is not a record", () => {
  const found = SPEED.check(sealed({ ...RECORD, label: 7, limit: "x" }));
  assertEquals("fault" in found && found.fault.split("; ").length, 2);
  for (const text of ["", "{", "null", "[]", "7"]) assertEquals("fault" in SPEED.read(text), true, text);
  const { sha256: _, ...unsealed } = sealed(RECORD);
  assertEquals(SPEED.check(unsealed), { fault: "sha256 is missing", later: false });
});

Deno.test("recordKind() refuses an infinite number anywhere, and more depth than a stack has", () => {
  const text = SPEED.write({ ...RECORD, extra: 0.5 } as Speed);
  const fault = (value: string) => {
    const found = SPEED.read(text.replace('"extra": 0.5', `"extra": ${value}`));
    return "fault" in found ? found.fault : null;
  };
  assertEquals(fault("0.5"), null);
  assertStringIncludes(fault("1e999")!, "extra is not a finite number, Infinity");
  assertEquals(typeof fault("[".repeat(200_000) + "]".repeat(200_000)), "string");
});
