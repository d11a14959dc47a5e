/** Runs commands in this process, for tests. */
import { main } from "./main.ts";
import type { BenchServices } from "./services.ts";

/** What a command left on its streams, and its exit code. */
export interface Started {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Services that write nothing but what a test listens to. */
export function servicesFor(own: Partial<BenchServices> = {}): BenchServices {
  return {
    writeReport: (dir) => Promise.resolve({ path: `${dir}/report.html`, problems: [] }),
    signal: new AbortController().signal,
    stdout: () => {},
    stderr: () => {},
    terminal: null,
    ...own,
  };
}

/** Runs `bench` with these arguments. */
export async function startBench(
  args: readonly string[],
  services: Partial<BenchServices> = {},
): Promise<Started> {
  const out = { stdout: "", stderr: "" };
  const stdout = (text: string) => out.stdout += text, stderr = (text: string) => out.stderr += text;
  return { code: await main(args, servicesFor({ stdout, stderr, ...services })), ...out };
}
