import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Backend, type BackendSystem, findAdapter, noAdapterText, usualBackends } from "./backend.ts";
import { openGpu } from "./device.ts";
import { gpuTest, noGpu } from "../testing/gpu.ts";

/** A system on which some backends answer, with hardware or software. */
function system(
  os: typeof Deno.build.os,
  answers: Partial<Record<Backend, "hardware" | "software">>,
  allowed = "vulkan,metal,dx12,gl",
): BackendSystem {
  return {
    os,
    allowed,
    requestAdapter: (backends) => {
      const answer = backends.map((backend) => answers[backend]).find((one) => one !== undefined);
      const adapter = { info: { isFallbackAdapter: answer === "software" } };
      return Promise.resolve(answer === undefined ? null : adapter as GPUAdapter);
    },
  };
}

Deno.test("findAdapter() never takes OpenGL unasked, nor software by anything but Vulkan", async () => {
  const cases: [os: typeof Deno.build.os, answers: Parameters<typeof system>[1], found: Backend | null][] = [
    ["linux", { gl: "software" }, null],
    ["linux", { gl: "hardware" }, null],
    ["linux", { vulkan: "software", gl: "hardware" }, "vulkan"],
    ["linux", { vulkan: "hardware", gl: "hardware" }, "vulkan"],
    ["darwin", { metal: "hardware", gl: "hardware" }, "metal"],
    ["windows", { dx12: "software", gl: "software" }, null],
    ["windows", { vulkan: "software", dx12: "software" }, "vulkan"],
    ["windows", { vulkan: "software", dx12: "hardware" }, "dx12"],
    ["windows", { vulkan: "hardware", dx12: "hardware" }, "vulkan"],
  ];
  for (const [os, answers, backend] of cases) {
    const found = await findAdapter(null, system(os, answers));
    assertEquals(found?.backend ?? null, backend, `${os} ${JSON.stringify(answers)}`);
  }
});

Deno.test("findAdapter() takes what is asked for and nothing else", async () => {
  const both = system("linux", { vulkan: "hardware", gl: "software" });
  assertEquals((await findAdapter("gl", both))?.backend, "gl");
  assertEquals(await findAdapter("gl", system("linux", { vulkan: "hardware" })), null);
  assertEquals((await findAdapter("dx12", system("windows", { dx12: "software" })))?.backend, "dx12");
});

Deno.test("usualBackends() keeps to the variable, which asks for nothing by itself", async () => {
  const allowed = (text?: string) => usualBackends({ os: "windows", allowed: text ?? "vulkan,dx12" });
  assertEquals(allowed(), ["vulkan", "dx12"]);
  assertEquals(allowed(" DX12"), ["dx12"]);
  assertEquals(allowed("gl"), []);
  assertEquals(await findAdapter(null, system("linux", { gl: "software" }, "gl")), null);
});

Deno.test("noAdapterText() says what helps", () => {
  assertEquals(
    noAdapterText(null, system("linux", {})),
    "Cannot open a GPU: no WebGPU adapter answers by vulkan, neither hardware nor software\n" +
      "Hint: run sh setup.sh, which installs a software Vulkan driver; " +
      "--backend gl selects OpenGL, which gives different bits",
  );
  assertEquals(
    noAdapterText(null, system("linux", {}, "gl")).split("\n")[0],
    "Cannot open a GPU: DENO_WEBGPU_BACKEND excludes all default backends, it is gl",
  );
  assertStringIncludes(noAdapterText("metal"), "that was asked for, metal");
});

gpuTest("openGpu() says which backend computes, and leaves the variable as it was", async () => {
  const before = Deno.env.get("DENO_WEBGPU_BACKEND");
  const gpu = await openGpu();
  assert(usualBackends().includes(gpu.info.backend));
  assertEquals(Deno.env.get("DENO_WEBGPU_BACKEND"), before);
  gpu.close();
});

Deno.test({
  name: "findAdapter() does not load OpenGL",
  ignore: noGpu || Deno.build.os !== "linux",
  async fn() {
    await findAdapter();
    // Of the whole process, so of every test that ran before. Deno reads it only with all permissions.
    const { stdout } = await new Deno.Command("cat", { args: [`/proc/${Deno.pid}/maps`] }).output();
    const maps = new TextDecoder().decode(stdout);
    assert(maps.includes("libvulkan") && !maps.includes("libEGL.so"));
  },
});
