import { assertEquals } from "@std/assert";
import { parseMessage } from "../../common/child/json_lines.ts";
import { loadPreset, PRESETS } from "../config/load_preset.ts";
import { expand } from "../plan/plan.ts";

Deno.test("messages bring every preset and its cells through unchanged", async () => {
  for (const name of Object.keys(PRESETS)) {
    const preset = await loadPreset(name), cells = expand(preset);
    assertEquals<unknown>(parseMessage(JSON.stringify({ preset, cells })), { preset, cells });
  }
});
