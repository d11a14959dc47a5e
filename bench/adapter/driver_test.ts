import { assertEquals, assertFalse, assertMatch } from "@std/assert";
import { gpuTest } from "../../engine/testing/gpu.ts";
import { FAKE_ADAPTER, withTempDir } from "../testing.ts";
import { driverText } from "./driver.ts";

const LVP = "llvmpipe (LLVM 19.1.7, 256 bits)", RADV = "AMD Radeon RX 6800 (RADV NAVI21)";
const INTEL = "Intel(R) UHD Graphics 620 (KBL GT2)", NVIDIA = "NVIDIA GeForce RTX 3060";

/** What is said of an adapter where these libraries, by name and content, are mapped. */
async function textOf(
  description: string,
  libraries: Readonly<Record<string, string>>,
  { vendor = "0", lines = "", nvidia = "", backend = "vulkan" } = {},
): Promise<string | null> {
  let text: string | null = null;
  await withTempDir(async (dir) => {
    const maps = [
      "55d0-55e0 r--p 00000000 00:1f 7 /usr/bin/deno",
      "7f10-7f20 rw-p 00000000 00:00 0 ",
      "7f20-7f30 r--p 00000000 00:1f 8 /usr/lib/libvulkan.so.1.3.239",
    ];
    for (const [name, content] of Object.entries(libraries)) {
      await Deno.writeFile(`${dir}/${name}`, Uint8Array.from(content, (letter) => letter.charCodeAt(0)));
      maps.push(
        `7f30-7f40 r--p 00000000 00:1f 9 ${dir}/${name}`,
        `7f40-7f50 r-xp 00010000 00:1f 9 ${dir}/${name}`,
      );
    }
    await Deno.writeTextFile(`${dir}/maps`, maps.join("\n") + "\n" + lines);
    if (nvidia !== "") await Deno.writeTextFile(`${dir}/version`, nvidia);
    const files = { maps: `${dir}/maps`, nvidia: `${dir}/version` };
    text = driverText({ ...FAKE_ADAPTER, vendor, description, backend }, files);
    assertFalse(text?.includes(dir), "folders are left out");
  });
  return text;
}

for (
  const [content, text] of [
    ["\xff\0Mesa 22.3.6 (LLV6 (LLVM 15.0.6)\0", "Mesa 22.3.6 (libvulkan_lvp.so)"],
    ["Mesa 25.0.7-2 (LLVM 19.1.7)\0", "Mesa 25.0.7-2 (libvulkan_lvp.so)"],
    ["\0Mesa 25.0.7-2ubuntu1~24.04%s\0", "Mesa 25.0.7-2ubuntu1~24.04 (libvulkan_lvp.so)"],
    ["\0Mesa 26.10.12-devel\0", "Mesa 26.10.12-devel (libvulkan_lvp.so)"],
    ["Mesa 23.2.1-1ubu6 (LLVM 15.0.7)\0", "Mesa 23.2.1 (libvulkan_lvp.so)"], // the first of 16-byte pieces
    ["Mesa 22.\x48\xb8 3.6\0\0%s 22.3.6-1 build \0", "Mesa 22.3.6-1 (libvulkan_lvp.so)"],
    ["Mesa: no time stamp. Mesa 22.\0 not in Mesa.", "libvulkan_lvp.so"],
    ["", "libvulkan_lvp.so"],
  ] as const
) {
  Deno.test(`driverText() of a library that holds ${JSON.stringify(content)}`, async () => {
    assertEquals(await textOf(LVP, { "libvulkan_lvp.so": content }), text);
  });
}

Deno.test("driverText() finds a version wherever it lies in a large library", async () => {
  const piece = 1 << 18;
  for (const before of [piece - 80, piece - 64, piece - 20, piece - 12, piece - 1, piece, 3 * piece - 5]) {
    const content = `${"\x80".repeat(before)}Mesa 25.0.17-12%s\0`;
    const found = [content, content + "\0".repeat(piece)].map((content) =>
      textOf(LVP, { "libvulkan_lvp.so": content })
    );
    const text = "Mesa 25.0.17-12 (libvulkan_lvp.so)";
    assertEquals(await Promise.all(found), [text, text], `after ${before} bytes`);
  }
});

Deno.test("driverText() tells the drivers that are mapped apart by the adapter, and names all where it cannot", async () => {
  const libraries = {
    "libvulkan_lvp.so": "Mesa 25.0.1%s\0",
    "libvulkan_radeon.so": "Mesa 25.0.2%s\0",
    "libvulkan_intel.so": "Mesa 25.0.3%s\0",
    "libvulkan_intel_hasvk.so": "Mesa 25.0.4%s\0",
    "libvulkan_nouveau.so": "Mesa 25.0.5%s\0",
  };
  const both = "Mesa 25.0.3 (libvulkan_intel.so), Mesa 25.0.4 (libvulkan_intel_hasvk.so)";
  for (
    const [adapter, text] of [
      [LVP, "Mesa 25.0.1 (libvulkan_lvp.so)"],
      [RADV, "Mesa 25.0.2 (libvulkan_radeon.so)"],
      [INTEL, both],
      ["NVIDIA GeForce RTX 3060 (NVK GA106)", "Mesa 25.0.5 (libvulkan_nouveau.so)"],
    ]
  ) {
    assertEquals(await textOf(adapter, libraries, { nvidia: "NVRM version: 550\n" }), text, adapter);
  }
  const { "libvulkan_nouveau.so": _, "libvulkan_intel.so": __, ...three } = libraries;
  assertEquals(
    await textOf("V3D 7.1.7", three),
    "Mesa 25.0.1 (libvulkan_lvp.so), Mesa 25.0.2 (libvulkan_radeon.so), Mesa 25.0.4 (libvulkan_intel_hasvk.so)",
  );
  assertEquals(await textOf(RADV, { "libvulkan_lvp.so": "Mesa 25.0.1%s\0" }), null); // rather than a wrong one
});

Deno.test("driverText() of OpenGL is that of its library, and nothing of Vulkan's", async () => {
  const vulkan = { "libvulkan_lvp.so": "Mesa 25.0.1%s\0" };
  const old = { ...vulkan, "swrast_dri.so": "\0Mesa 22.3.6\0 Mesa 22.3.6-1%s\0" };
  assertEquals(await textOf(LVP, old, { backend: "gl" }), "Mesa 22.3.6 (swrast_dri.so)");
  const gallium = { ...vulkan, "libgallium-25.0.7-2.so": "Mesa 25.0.7-2 (LLVM 19.1.7)\0" };
  assertEquals(await textOf(LVP, gallium, { backend: "gl" }), "Mesa 25.0.7-2 (libgallium-25.0.7-2.so)");
  assertEquals(await textOf(LVP, vulkan, { backend: "gl" }), null);
  assertEquals(await textOf(LVP, old, { backend: "dx12" }), null);
  assertEquals(await textOf("Apple M2", old, { backend: "metal" }), `Darwin ${Deno.osRelease()}`);
});

Deno.test("driverText() of NVIDIA's own driver is what its kernel module says, on no other adapter", async () => {
  const nvidia = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14\nGCC version: 12\n";
  const first = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14";
  assertEquals(await textOf(NVIDIA, {}, { nvidia }), first);
  assertEquals(await textOf("Tesla V100-SXM2-16GB", {}, { nvidia, vendor: "4318" }), first);
  assertEquals(await textOf(NVIDIA, { "libvulkan_lvp.so": "Mesa 25.0.1%s\0" }), null);
  assertEquals(await textOf(LVP, {}, { nvidia }), null);
});

Deno.test("driverText() names a library that cannot be read, and is null where nothing is mapped or no maps are", async () => {
  const lines = "7f50-7f60 r--p 00000000 00:1f 9 /no/such folder/libvulkan_lvp.so\n";
  assertEquals(await textOf(LVP, {}, { lines }), "libvulkan_lvp.so");
  assertEquals(await textOf(LVP, {}), null);
  const files = { maps: "/no/such/maps", nvidia: "/no/such/version" };
  assertEquals(driverText({ ...FAKE_ADAPTER, description: LVP }, files), null);
});

Deno.test("driverText() searches a library once", async () => {
  const path = await Deno.makeTempFile({ prefix: "libvulkan_lvp_", suffix: ".so" });
  const maps = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "Mesa 25.0.1%s\0");
    await Deno.writeTextFile(maps, `7f10-7f20 r--p 00000000 00:1f 9 ${path}\n`);
    const text = () => driverText(FAKE_ADAPTER, { maps, nvidia: "" });
    const first = text();
    assertMatch(first ?? "", /^Mesa 25\.0\.1 \(libvulkan_lvp_\w+\.so\)$/);
    await Deno.writeTextFile(path, "Mesa 25.0.2%s\0");
    assertEquals(text(), first);
  } finally {
    for (const file of [path, maps]) await Deno.remove(file);
  }
});

const isMesa = (description: string) => Deno.build.os === "linux" && /llvmpipe|RADV|NVK/.test(description);

gpuTest("driverText() finds Mesa's version where the adapter is one of its", (gpu) => {
  if (isMesa(gpu.info.description)) {
    assertMatch(driverText(gpu.info) ?? "", /^Mesa \d+\.\d+\.\d+\S* \(libvulkan_\w+\.so\)$/);
  }
  return Promise.resolve();
});
