import { assertEquals } from "@std/assert";
import { FAKE_ADAPTER } from "../testing.ts";
import { adapterIdentity, driverClass } from "./surroundings.ts";

Deno.test("driverClass() keeps two numbers of a driver's version, and all of its name", () => {
  const cases: [driver: string, found: string][] = [
    ["Mesa 22.3.6 (libvulkan_lvp.so)", "Mesa 22.3 (libvulkan_lvp.so)"],
    ["Mesa 25.0.7-2ubuntu1~24.04 (libvulkan_lvp.so)", "Mesa 25.0 (libvulkan_lvp.so)"],
    ["Mesa 26.10.12-devel (libvulkan_lvp.so)", "Mesa 26.10 (libvulkan_lvp.so)"],
    ["Mesa 25.0.3 (a.so), Mesa 25.0.4 (b.so)", "Mesa 25.0 (a.so), Mesa 25.0 (b.so)"],
    ["libvulkan_lvp.so", "libvulkan_lvp.so"],
    ["Darwin 24.1.0", "Darwin 24.1"],
    [
      "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024",
      "NVIDIA 550.54",
    ],
    ["NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build", "NVIDIA 570.86"],
  ];
  for (const [driver, found] of cases) assertEquals(driverClass(driver), found);
});

Deno.test("adapterIdentity() differs by description, backend and class of drivers, and tells unknown from known", () => {
  const of = (driver: string | null | undefined, own: Partial<typeof FAKE_ADAPTER> = {}) =>
    adapterIdentity({ adapter: { ...FAKE_ADAPTER, ...own }, driver });
  assertEquals(of("Mesa 22.3.6 (a.so)"), "made up for tests, vulkan, Mesa 22.3 (a.so)");
  assertEquals(of("Mesa 22.3.6 (a.so)"), of("Mesa 22.3.7-1 (a.so)"));
  const identities = [
    of("Mesa 22.3.6"),
    of("Mesa 22.4.0"),
    of("Mesa 22.3.6", { backend: "gl" }),
    of("Mesa 22.3.6", { backend: undefined }),
    of("Mesa 22.3.6", { description: "llvmpipe (LLVM 15.0.6, 128 bits)" }),
    of(null),
  ];
  assertEquals(new Set(identities).size, identities.length);
  assertEquals(of(null), of(undefined));
});
