/** Which of a system's graphics interfaces computes: WebGPU hides it, and each gives bits of its own. */

/** The interfaces that WebGPU is built on, by Deno's names for them. */
export const BACKENDS = ["vulkan", "metal", "dx12", "gl"] as const;

/** One of them. */
export type Backend = typeof BACKENDS[number];

/** An adapter, and what it computes by. */
export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  readonly backend: Backend;
}

/** Asks WebGPU for an adapter by one of some backends; null where none answers. */
export type RequestAdapter = (backends: readonly Backend[]) => Promise<GPUAdapter | null>;

/** What the choice of a backend depends on; tests pass their own. */
export interface BackendSystem {
  readonly os?: typeof Deno.build.os;
  /** Backends that Deno may use, with commas between; "" for all. Default: `$DENO_WEBGPU_BACKEND`. */
  readonly allowed?: string;
  readonly requestAdapter?: RequestAdapter;
}

/** Deno reads it at every request. WebGPU has no other way to choose a backend, and none to tell it. */
const VARIABLE = "DENO_WEBGPU_BACKEND";

/**
 * Backends that are tried on a system where none is asked for, the fastest first. OpenGL is never one of them: it
 * lacks features, and where it takes over from a driver that is absent, numbers change without a word. It is not even
 * loaded: libEGL frees the state of a thread twice where the thread ends while the process exits, as threads of
 * `deno test` do, and glibc aborts the process.
 */
export function usualBackends(
  { os = Deno.build.os, allowed = Deno.env.get(VARIABLE) }: BackendSystem = {},
): readonly Backend[] {
  const usual: readonly Backend[] = os === "darwin"
    ? ["metal"]
    : os === "windows"
    ? ["vulkan", "dx12"]
    : ["vulkan"];
  if (!allowed) return usual;
  const names = allowed.toLowerCase().split(",").map((name) => name.trim());
  return usual.filter((backend) => names.includes(backend));
}

/**
 * The fastest adapter, by a backend that is known: hardware before software, and software by Vulkan alone.
 *
 * @param asked Tries this backend and no other, hardware or software. Null for {@linkcode usualBackends}.
 */
export async function findAdapter(
  asked: Backend | null = null,
  system: BackendSystem = {},
): Promise<FoundAdapter | null> {
  const { requestAdapter = requestFastest } = system;
  const tried = asked === null ? usualBackends(system) : [asked];
  // A process has those backends that its first request names.
  if (tried.length > 1) await requestAdapter(tried);
  let software: FoundAdapter | null = null;
  for (const backend of tried) {
    const adapter = await requestAdapter([backend]);
    if (adapter === null) continue;
    const found = { adapter, backend };
    if (asked !== null || !adapter.info.isFallbackAdapter) return found;
    if (backend === "vulkan") software = found;
  }
  return software;
}

/** Whether `openGpu()` finds an adapter. */
export async function hasGpu(backend: Backend | null = null): Promise<boolean> {
  return await findAdapter(backend) !== null;
}

/** Why there is no adapter, and what helps. */
export function noAdapterText(asked: Backend | null, system: BackendSystem = {}): string {
  const cannot = "Cannot open a GPU: ";
  if (asked !== null) return `${cannot}no adapter answers by the backend that was asked for, ${asked}`;
  const { os = Deno.build.os, allowed = Deno.env.get(VARIABLE) } = system;
  const gl = "--backend gl asks for OpenGL, which gives other bits";
  if (usualBackends(system).length === 0) {
    return `${cannot}${VARIABLE} allows no backend that is taken unasked, it is ${allowed}\n` +
      `Hint: unset it; ${gl}`;
  }
  const install = os === "linux"
    ? "run sh setup.sh, which installs a software Vulkan driver"
    : "update the graphics driver";
  return `${cannot}no WebGPU adapter answers by ${usualBackends(system).join(" or ")}, ` +
    `neither hardware nor software\nHint: ${install}; ${gl}`;
}

/** Null where no adapter answers, or the runtime has no WebGPU at all. */
async function requestFastest(backends: readonly Backend[]): Promise<GPUAdapter | null> {
  const before = Deno.env.get(VARIABLE);
  Deno.env.set(VARIABLE, backends.join(","));
  try {
    return await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? null;
  } finally {
    if (before === undefined) Deno.env.delete(VARIABLE);
    else Deno.env.set(VARIABLE, before);
  }
}
