import { assertEquals } from "@std/assert";
import { loadPreset, PRESETS } from "../config/load_preset.ts";
import { recordedPreset } from "../store/run_manifest.ts";
import { amountsOf } from "./amounts.ts";

Deno.test("amountsOf() gives back every preset from what its manifest holds", async () => {
  for (const name of Object.keys(PRESETS)) {
    const preset = await loadPreset(name);
    assertEquals<unknown>(
      amountsOf(JSON.parse(JSON.stringify(recordedPreset(preset)))),
      JSON.parse(JSON.stringify(preset)),
    );
  }
});
