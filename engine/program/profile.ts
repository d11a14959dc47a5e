/** Device time of each kernel of a program, by timestamp queries.
 *
 * @module
 */
import { type Debug, DEBUG_LEVELS } from "../device/debug.ts";
import type { Item } from "./bind.ts";
import { table } from "./dispatch_list.ts";

/** A kernel whose time is summed. */
export interface Profiled {
  /** Of the kernel. */
  readonly label: string;
  readonly op: string;
}

interface Total {
  readonly kernel: Profiled;
  dispatches: number;
  nanoseconds: bigint;
}

/** Maximum number of timed dispatches per run: WebGPU allows 4096 queries in a set. */
const MAX_TIMED = 2048;

/**
 * Times every dispatch of a program's runs and sums by kernel. Each dispatch gets a compute pass of its own, which
 * makes runs slower. Prints the sums when the program is disposed or the process ends.
 */
export class Profile {
  readonly #device: GPUDevice;
  readonly #label: string;
  readonly #debug: Debug;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #totals = new Map<string, Total>();
  readonly #pending = new Set<Promise<void>>();
  readonly #atEnd = () => this.#print();
  /** Kernels of the run being encoded, in order. */
  #timed: Profiled[] = [];
  #readback: GPUBuffer | null = null;
  #runs = 0;
  #untimed = 0;
  #printed = false;

  /** The profile of a program, or null where the level is lower or the device has no timestamps. */
  static of(
    device: GPUDevice,
    { label, items, debug }: { label: string; items: readonly Item[]; debug: Debug | null },
  ): Profile | null {
    if (debug === null || debug.level < DEBUG_LEVELS.times || !device.features.has("timestamp-query")) {
      return null;
    }
    const dispatches = items.filter((item) => "pipeline" in item).length;
    return new Profile(device, { label, dispatches, debug });
  }

  private constructor(
    device: GPUDevice,
    { label, dispatches, debug }: { label: string; dispatches: number; debug: Debug },
  ) {
    const count = 2 * Math.max(1, Math.min(dispatches, MAX_TIMED));
    this.#device = device;
    this.#label = label;
    this.#debug = debug;
    this.#queries = device.createQuerySet({ label: `times of ${label}`, type: "timestamp", count });
    this.#resolved = device.createBuffer({
      label: `times of ${label}`,
      size: 8 * count,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    globalThis.addEventListener("unload", this.#atEnd);
  }

  /** How to begin the pass of one dispatch. */
  pass(kernel: Profiled): GPUComputePassDescriptor {
    const at = 2 * this.#timed.length;
    if (at >= this.#queries.count) {
      this.#untimed++;
      return { label: this.#label };
    }
    this.#timed.push(kernel);
    return {
      label: this.#label,
      timestampWrites: {
        querySet: this.#queries,
        beginningOfPassWriteIndex: at,
        endOfPassWriteIndex: at + 1,
      },
    };
  }

  /** Call it after the last pass of a run. */
  finish(encoder: GPUCommandEncoder): void {
    if (this.#timed.length === 0) return;
    const count = 2 * this.#timed.length;
    this.#readback = this.#device.createBuffer({
      label: `times of ${this.#label}`,
      size: 8 * count,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    encoder.resolveQuerySet(this.#queries, 0, count, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#readback, 0, 8 * count);
  }

  /** Call it once the run is submitted. */
  submitted(): void {
    const readback = this.#readback, timed = this.#timed;
    this.#readback = null;
    this.#timed = [];
    if (readback === null) return;
    // A device that is closed before the run has ended leaves the run out of the sums.
    const done = readback.mapAsync(GPUMapMode.READ).then(() => {
      this.#add(timed, new BigUint64Array(readback.getMappedRange()));
      readback.destroy();
    }, () => {});
    this.#pending.add(done);
    done.then(() => this.#pending.delete(done));
  }

  /** Prints the sums as soon as all submitted runs have ended. */
  async close(): Promise<void> {
    await Promise.all(this.#pending);
    this.#print();
    this.#queries.destroy();
    this.#resolved.destroy();
  }

  #add(timed: readonly Profiled[], stamps: BigUint64Array): void {
    this.#runs++;
    timed.forEach((kernel, k) => {
      const key = `${kernel.op}\n${kernel.label}`;
      let total = this.#totals.get(key);
      if (total === undefined) {
        this.#totals.set(key, total = { kernel, dispatches: 0, nanoseconds: 0n });
      }
      const [from, to] = [stamps[2 * k], stamps[2 * k + 1]];
      total.dispatches++;
      if (to > from) total.nanoseconds += to - from;
    });
  }

  #print(): void {
    if (this.#printed) return;
    this.#printed = true;
    globalThis.removeEventListener("unload", this.#atEnd);
    if (this.#runs === 0) return;
    const rows = [...this.#totals.values()].map(({ kernel, dispatches, nanoseconds }) => ({
      ...kernel,
      dispatches,
      ms: Number(nanoseconds) / 1e6,
    })).sort((a, b) => b.ms - a.ms);
    const allMs = rows.reduce((sum, { ms }) => sum + ms, 0);
    const untimed = this.#untimed === 0 ? "" : `, ${this.#untimed} dispatches not timed`;
    const lines = [
      `device time of program "${this.#label}": ${allMs.toFixed(3)} ms in ${this.#runs} runs${untimed}`,
      ...table([
        ["ms", "share", "dispatches", "operation", "kernel"],
        ...rows.map(({ ms, dispatches, op, label }) => [
          ms.toFixed(3),
          `${(100 * ms / allMs).toFixed(1)} %`,
          String(dispatches),
          op,
          label,
        ]),
      ]),
    ];
    this.#debug.write(lines.map((line) => line + "\n").join(""));
  }
}
