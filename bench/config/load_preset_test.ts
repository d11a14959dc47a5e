import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { loadPreset, PRESETS } from "./load_preset.ts";
import { UsageError } from "../../common/usage_error.ts";

for (const name of Object.keys(PRESETS)) {
  Deno.test(`loadPreset() reads the preset ${name}, which says its own name`, async () => {
    assertEquals((await loadPreset(name)).name, name);
  });
}

Deno.test("loadPreset() reads a file of one's own", async () => {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, "name: own\ndescription: mine\nseeds: [4]\n");
    assertEquals((await loadPreset(file)).seeds, [4]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("loadPreset() suggests the nearest name and lists all", async () => {
  const { message } = await assertRejects(() => loadPreset("quik"), UsageError);
  assertStringIncludes(
    message,
    `Cannot find preset "quik": no such name, did you mean quick, known are quick, smoke`,
  );
});

Deno.test("loadPreset() refuses names that every object has", async () => {
  await assertRejects(() => loadPreset("constructor"), UsageError, "no such name");
});

Deno.test("loadPreset() says which file is not there", async () => {
  await assertRejects(
    () => loadPreset("./no/such.yaml"),
    UsageError,
    "Cannot read preset ./no/such.yaml: no such file",
  );
});
