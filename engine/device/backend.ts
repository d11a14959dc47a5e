/** The graphics API behind WebGPU. WebGPU hides it, but each gives different bits. */

/** Graphics APIs that WebGPU runs on, by Deno's names. */
export const BACKENDS = ["vulkan", "metal", "dx12", "gl"] as const;

/** One of them. */
export type Backend = typeof BACKENDS[number];

/** An adapter and its backend. */
export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  readonly backend: Backend;
}

/** Requests an adapter with one of the given backends; null if no adapter answers. */
export type RequestAdapter = (backends: readonly Backend[]) => Promise<GPUAdapter | null>;

/** What the default backend depends on; tests pass their own. */
export interface BackendSystem {
  readonly os?: typeof Deno.build.os;
  /** Backends that Deno may use, with commas between; "" for all. Default: `$DENO_WEBGPU_BACKEND`. */
  readonly allowed?: string;
  readonly requestAdapter?: RequestAdapter;
}

/** Deno reads it at every request. WebGPU itself can neither choose nor report the backend. */
const VARIABLE = "DENO_WEBGPU_BACKEND";

/**
 * The default backends of a system, the fastest first. OpenGL is excluded: it lacks features, and as a silent
 * substitute for a missing driver it would change numbers. It is not even loaded: libEGL frees the state of a thread
 * twice where the thread ends while the process exits, as threads of `deno test` do, and glibc aborts the process.
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
 * Finds the fastest adapter and its backend: hardware before software, and software with Vulkan only.
 *
 * @param asked The only backend to try, hardware or software. Null for {@linkcode usualBackends}.
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
  if (asked !== null) return `${cannot}no adapter answers with the backend that was asked for, ${asked}`;
  const { os = Deno.build.os, allowed = Deno.env.get(VARIABLE) } = system;
  const gl = "--backend gl selects OpenGL, which gives different bits";
  if (usualBackends(system).length === 0) {
    return `${cannot}${VARIABLE} excludes all default backends, it is ${allowed}\n` +
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
