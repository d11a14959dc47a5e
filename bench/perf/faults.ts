/** Faults that a measurement found: memory that grows. */

import type { PerfRecord, Soak } from "../records/perf_record.ts";

/** Growth of the process that counts as chance, after the first quarter of the steps. */
const RSS_GROWTH = 0.05;

/** One sentence for each network or run whose memory grew. */
export function memoryFaults({ training, soak }: Pick<PerfRecord, "training" | "soak">): string[] {
  const faults = training.filter(({ liveBytes: [first, last] }) => last > first).map((
    { name, liveBytes: [first, last] },
  ) => `${name} took more device memory after its first step: ${first} bytes, then ${last}`);
  return soak === null ? faults : [...faults, ...soakFaults(soak)];
}

/** Device bytes must be equal at every look; the process may grow by 5 % after the first quarter. */
function soakFaults({ network, steps, liveBytes, rssBytes }: Soak): string[] {
  const faults: string[] = [];
  const peak = Math.max(...liveBytes);
  if (peak > liveBytes[0]) {
    faults.push(
      `${network} took more device memory over ${steps} steps: ${liveBytes[0]} bytes, then ${peak}`,
    );
  }
  const settled = rssBytes.slice(Math.floor(rssBytes.length / 4));
  const growth = Math.max(...settled) / settled[0] - 1;
  if (growth > RSS_GROWTH) {
    faults.push(
      `the process grew by ${(growth * 100).toFixed(1)} % over the last three quarters of ${steps} steps`,
    );
  }
  return faults;
}
