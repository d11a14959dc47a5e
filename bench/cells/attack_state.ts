/** What an attack cell keeps while it runs: what PGD found so far, AutoAttack's state, and what both took. */

import type { StateStore } from "../../attacks/autoattack/mod.ts";
import type { Checkpoint, Json } from "../../engine/files/checkpoint.ts";
import { getTensor, type HostTensor } from "../../engine/files/safetensors.ts";
import type { PgdProgress } from "../../paradigms/evaluate.ts";
import type { CellContext } from "../plan/cell.ts";
import type { PhaseLog, Work } from "../record/phases.ts";

/** What an attack cell's state belongs to. */
interface Place {
  readonly context: Pick<CellContext, "checkpoint" | "signal">;
  readonly phases: PhaseLog;
  /** Images that PGD attacks. */
  readonly count: number;
}

interface Kept {
  readonly pgd: PgdProgress;
  /** AutoAttack's state; null before it has one. */
  readonly auto: Checkpoint | null;
  readonly work: Work;
}

/** What AutoAttack's tensors are called in the file, before their own names. */
const AUTO = "autoattack/";

/** The state of an attack cell, in its checkpoint. */
export class AttackState {
  /** Where PGD stopped; undefined where it did not come to anything. */
  readonly pgd: PgdProgress | undefined;
  readonly #place: Place;
  #auto: Checkpoint | null;
  #untried = false;

  private constructor(place: Place, kept: Kept | null) {
    this.#place = place;
    this.pgd = kept?.pgd;
    this.#auto = kept?.auto ?? null;
    if (kept !== null) place.phases.restore(kept.work);
  }

  /** Takes up what a process that was stopped has left, if that can be used; the phases go on from there. */
  static async load(place: Place): Promise<AttackState> {
    return new AttackState(
      place,
      await place.context.checkpoint.loadState((file) => unpack(file, place.count)),
    );
  }

  /** Keeps what PGD has found, if it is time to; `units` are those of its work in this process. */
  async keepPgd(pgd: PgdProgress, units: number): Promise<void> {
    await this.#save({ pgd, auto: null }, units);
  }

  /** Where AutoAttack keeps its state, beside PGD's outcome. */
  storeFor(pgd: PgdProgress): StateStore {
    return {
      load: () => {
        const kept = this.#auto;
        this.#auto = null; // once: it is large
        this.#untried = kept !== null;
        return Promise.resolve(kept);
      },
      save: async (auto) => {
        this.#untried = false;
        await this.#save({ pgd, auto }, 0); // how many units it comes to is known in the end
      },
    };
  }

  /** Whether an error says that AutoAttack cannot go on from what was kept. */
  isRefusal(error: unknown): error is Error {
    return this.#untried && (error instanceof RangeError || error instanceof SyntaxError);
  }

  /** Sets aside what was kept: a state to begin with. */
  async startAnew({ message }: Error): Promise<AttackState> {
    const { context, phases } = this.#place;
    await context.checkpoint.setAside(message);
    phases.restore({ phases: [], peakBytes: 0 });
    return new AttackState(this.#place, null);
  }

  async #save(kept: Omit<Kept, "work">, units: number): Promise<void> {
    const { context: { checkpoint, signal }, phases } = this.#place, work = phases.workSoFar(units);
    await checkpoint.saveState(() => pack({ ...kept, work }), { now: signal.aborted });
  }
}

/** What the file holds beside tensors. */
interface KeptJson {
  readonly done: number;
  readonly auto: { readonly state: Json } | null;
  readonly work: Work;
}

function pack({ pgd: { done, outcome: { clean, robust, distance, doubts } }, auto, work }: Kept): Checkpoint {
  const shape = [clean.length];
  const json: KeptJson = { done, auto: auto && { state: auto.state }, work };
  return {
    tensors: new Map<string, HostTensor>([
      ["pgd/clean", { dtype: "U8", shape, data: clean }],
      ["pgd/robust", { dtype: "U8", shape, data: robust }],
      ["pgd/distance", { dtype: "F32", shape, data: distance }],
      ["pgd/doubts", { dtype: "U8", shape, data: doubts }],
      ...[...auto?.tensors ?? []].map(([name, tensor]) => [AUTO + name, tensor] as const),
    ]),
    state: json as unknown as Json,
  };
}

/** @throws {RangeError} If it is of another number of images. */
function unpack({ tensors, state }: Checkpoint, count: number): Kept {
  const { done, auto, work } = state as unknown as KeptJson;
  const file = { tensors: new Map(tensors), metadata: {}, path: "the checkpoint" }, shape = [count];
  const own = [...tensors].filter(([name]) => name.startsWith(AUTO));
  return {
    pgd: {
      done,
      outcome: {
        clean: getTensor(file, "pgd/clean", { dtype: "U8", shape }).data,
        robust: getTensor(file, "pgd/robust", { dtype: "U8", shape }).data,
        distance: getTensor(file, "pgd/distance", { dtype: "F32", shape }).data,
        doubts: getTensor(file, "pgd/doubts", { dtype: "U8", shape }).data,
      },
    },
    auto: auto &&
      { state: auto.state, tensors: new Map(own.map(([name, t]) => [name.slice(AUTO.length), t])) },
    work,
  };
}
