/** Which process works on which cell, where several share a run folder. */
import { readSystemFile, readSystemLink } from "../adapter/system_file.ts";
import { hostname } from "node:os";
import { kill } from "node:process";
import { entryAt } from "../../common/atomic_file.ts";
import { openLockFile } from "./lock_file.ts";
import { plainPath } from "./plain_path.ts";
import { leasePath, leftovers } from "./run_files.ts";

/** Who holds a lease, as its file says. */
export interface Owner {
  /** Unique to the lease. */
  readonly token: string;
  /** The machine, and on Linux the space that process numbers count in. */
  readonly host: string;
  readonly pid: number;
  /** When the process started, in the system's own count; null where that cannot be told. */
  readonly process: string | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** A cell that this process may work on. */
export interface Lease {
  readonly cell: string;
  /** Whether it still is this process's: another one may have stolen it while this process was suspended. */
  held(): Promise<boolean>;
  /** Lets others have the cell. */
  release(): Promise<void>;
}

/** Settings of {@linkcode Leases}, for tests. */
export interface LeasesOptions {
  /** Milliseconds without a heartbeat after which an owner counts as dead. Default: 30,000. */
  readonly staleMs?: number;
  /** Milliseconds between two heartbeats; 0 for none. Default: 5,000. */
  readonly beatMs?: number;
  /** Milliseconds from any fixed point; default: `performance.now`. */
  readonly now?: () => number;
  /** Default: this process. */
  readonly owner?: Pick<Owner, "host" | "pid" | "process">;
}

/**
 * The leases of the processes of one machine that share a run folder. A lease is a file `leases/<cell>.json`. It is
 * created whole, by a link that fails where the name exists (by exclusive creation, O_EXCL, where a file system has no
 * links). A process renews its leases by setting their time of modification every few seconds, the heartbeat. An owner
 * is dead if its process is gone, or if its heartbeat did not change for half a minute of the observer's own clock;
 * clocks are never compared. A lock of the file system keeps two processes from stealing one dead owner's lease at once.
 * Without such locks both could hold it for a moment, and both would write the same bits.
 *
 * Several machines on a network file system are not supported: caches of file attributes can hide a heartbeat or a new
 * file for longer than a lease lasts, and nothing tests it. Machine and process numbers are still compared, so that a
 * process of another machine or container is never mistaken for a dead one of this.
 */
export class Leases {
  readonly #runDir: string;
  readonly #folder: string;
  readonly #owner: Pick<Owner, "host" | "pid" | "process">;
  readonly #staleMs: number;
  readonly #beatMs: number;
  readonly #now: () => number;
  readonly #held = new Map<string, string>();
  /** What was last seen of others' leases, and when it changed. */
  readonly #seen = new Map<string, { readonly beat: string; readonly at: number }>();
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(runDir: string, options: LeasesOptions = {}) {
    const { staleMs = 30_000, beatMs = 5_000, now = () => performance.now(), owner = thisProcess() } =
      options;
    this.#runDir = runDir;
    this.#folder = `${runDir}/leases`;
    this.#staleMs = staleMs;
    this.#beatMs = beatMs;
    this.#now = now;
    this.#owner = owner;
  }

  /**
   * Acquires the lease of a cell; null where another process works on it. A dead owner's lease is stolen.
   *
   * @throws {UsageError} If the file or its folder is a symbolic link.
   */
  async take(cell: string): Promise<Lease | null> {
    const path = await plainPath(this.#runDir, leasePath(cell));
    await Deno.mkdir(this.#folder, { recursive: true });
    const mine: Owner = {
      token: crypto.randomUUID(),
      ...this.#owner,
      startedAt: new Date().toISOString(),
    };
    if (!await createWhole(path, JSON.stringify(mine) + "\n")) {
      if (!await this.#clearDead(cell)) return null;
      if (!await createWhole(path, JSON.stringify(mine) + "\n")) return null;
    }
    this.#seen.delete(cell);
    this.#held.set(path, mine.token);
    this.#beat();
    return {
      cell,
      held: async () => (await readOwner(path))?.token === mine.token,
      release: async () => {
        this.#held.delete(path);
        if (this.#held.size === 0) this.#rest();
        if ((await readOwner(path))?.token === mine.token) await Deno.remove(path).catch(() => {});
      },
    };
  }

  /** Whether any lease in the folder may be a living process's. */
  async anyAlive(): Promise<boolean> {
    try {
      for await (const { name } of Deno.readDir(this.#folder)) {
        if (!name.endsWith(".json")) continue;
        const owner = await readOwner(`${this.#folder}/${name}`);
        if (owner !== null && !this.#isGone(owner)) return true;
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return false;
  }

  /**
   * Removes what is left of the leases of these cells, and the folder if nothing else lies in it. No process may be at
   * work on them.
   */
  async clear(cells: Iterable<string>): Promise<void> {
    if (!(await entryAt(this.#folder))?.isDirectory) return;
    const names = [...cells], isUnfinished = leftovers(names).get("leases")!;
    const own = new Set([...names.map(leasePath), "leases/.steal"]);
    for await (const { name, isFile } of Deno.readDir(this.#folder)) {
      if (!isFile || !(own.has(`leases/${name}`) || isUnfinished(name))) continue;
      await Deno.remove(`${this.#folder}/${name}`).catch(() => {}); // another process has just entered
    }
    await Deno.remove(this.#folder).catch(() => {}); // not empty
  }

  /** Stops the heartbeat; leases that are still held stay, and die. */
  close(): void {
    this.#rest();
  }

  #path(cell: string): string {
    return `${this.#runDir}/${leasePath(cell)}`;
  }

  /** Frees the name of a cell if its lease's owner is dead, and says whether it is free. */
  async #clearDead(cell: string): Promise<boolean> {
    if (await this.#look(cell) === "alive") return false;
    using guard = await openLockFile(await plainPath(this.#runDir, "leases/.steal"));
    await guard.lock(true).catch(() => {}); // no locks here: see above
    const seen = await this.#look(cell); // another process may have been faster
    if (seen === "dead") await Deno.remove(this.#path(cell)).catch(() => {});
    return seen !== "alive";
  }

  async #look(cell: string): Promise<"free" | "dead" | "alive"> {
    const path = this.#path(cell);
    const owner = await readOwner(path);
    const info = await Deno.stat(path).catch(() => null);
    if (info === null) return "free";
    if (owner !== null && this.#isGone(owner)) return "dead";
    const beat = `${owner?.token} ${info.mtime?.getTime()}`, last = this.#seen.get(cell);
    if (last?.beat === beat) return this.#now() - last.at >= this.#staleMs ? "dead" : "alive";
    this.#seen.set(cell, { beat, at: this.#now() });
    return "alive";
  }

  /** Whether an owner was a process of this machine that is no more. */
  #isGone({ host, pid, process }: Owner): boolean {
    if (host !== this.#owner.host || pid === this.#owner.pid) return false;
    if (!exists(pid)) return true;
    return process !== null && process !== startOf(pid);
  }

  #beat(): void {
    if (this.#timer !== null || this.#beatMs === 0) return;
    this.#timer = setInterval(() => {
      const at = new Date();
      for (const path of this.#held.keys()) Deno.utime(path, at, at).catch(() => {}); // lost: see `held`
    }, this.#beatMs);
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

/** Makes a file that is never seen unfinished; false where the name exists. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const temporary = path.replace(/([^/]+)$/, `.$1.${crypto.randomUUID()}.tmp`);
  try {
    await Deno.writeTextFile(temporary, text, { createNew: true });
    await Deno.link(temporary, path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    return await createExclusively(path, text);
  } finally {
    await Deno.remove(temporary).catch(() => {}); // it may never have been created
  }
}

/** For file systems without links. */
async function createExclusively(path: string, text: string): Promise<boolean> {
  try {
    await Deno.writeTextFile(path, text, { createNew: true });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** What a lease says; null where it is gone or holds nothing that can be read. */
async function readOwner(path: string): Promise<Owner | null> {
  try {
    const owner = JSON.parse(await Deno.readTextFile(path)) as Owner | null;
    return typeof owner?.token === "string" ? owner : null;
  } catch {
    return null;
  }
}

/** This process, as its leases name it. */
function thisProcess(): Pick<Owner, "host" | "pid" | "process"> {
  return { host: `${hostname()} ${numberSpace()}`.trim(), pid: Deno.pid, process: startOf(Deno.pid) };
}

/** On Linux the space that process numbers count in: containers have their own. */
function numberSpace(): string {
  try {
    return readSystemLink("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** When a process started, on Linux; else null. A number is given to a new process once its old one is gone. */
function startOf(pid: number): string | null {
  try {
    const text = readSystemFile(`/proc/${pid}/stat`);
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function exists(pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}
