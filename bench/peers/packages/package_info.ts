/** What the programs of this folder say of their package and their device. */

import config from "./deno.json" with { type: "json" };

/** The pinned version of a package. */
export function versionOf(name: keyof typeof config.imports): string {
  return config.imports[name].replace(/^.*@/, "");
}

/** The adapter that the package asks for too: the fastest one. */
export async function deviceName(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("Cannot open a GPU: no WebGPU adapter answers");
  const { description, device, vendor } = adapter.info;
  return description || device || vendor || "unknown adapter";
}
