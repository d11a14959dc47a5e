import { assertEquals } from "@std/assert";
import { makeRecord, makeRun } from "../testing.ts";
import { settingsSection } from "./settings.ts";

Deno.test("settingsSection() names the driver, or each of several, and says where none is recorded", () => {
  const driverOf = (...drivers: (string | null | undefined)[]) => {
    const { machine } = makeRecord();
    const records = drivers.map((driver) => makeRecord({ machine: { ...machine, driver } }));
    return /<dt>Driver<\/dt><dd>(.*?)<\/dd>/.exec(settingsSection(makeRun(records)).text)?.[1];
  };
  assertEquals(driverOf("Mesa 1.2.3", "Mesa 1.2.3"), "Mesa 1.2.3");
  assertEquals(driverOf("Mesa 1.2.3", "Mesa 4.5.6"), "Mesa 1.2.3; Mesa 4.5.6");
  assertEquals(driverOf(null), "not recorded");
  assertEquals(driverOf(undefined), "not recorded");
});
