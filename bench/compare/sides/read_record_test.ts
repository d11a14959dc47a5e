import { assertEquals } from "@std/assert";
import { fakeRecord } from "../../testing.ts";
import { sideOf } from "../testing.ts";

Deno.test("readRecord() names a cell without its seed, of a network's parts too, so that their seeds are paired", async () => {
  const names = [
    "sl/natural/seed-0",
    "sl/natural/seed-12/probe",
    "sl/natural/seed-0/attack",
    "construct/robust/seed-3",
  ];
  const { records } = await sideOf("run", names.map((benchmark) => fakeRecord({ cell: benchmark })));
  assertEquals(records.map(({ cell }) => cell), [
    "sl/natural",
    "sl/natural/probe",
    "sl/natural/attack",
    "construct/robust",
  ]);
});
