/** What an attack cell keeps while it runs: what each attack found so far, and what that took. */

import type { Checkpoint, Json } from "../../engine/files/checkpoint.ts";
import type { AttackState } from "../../paradigms/attacks/types.ts";
import type { CellContext } from "../plan/cell.ts";
import type { PhaseLog, Work } from "../record/phases.ts";

/** What the checkpoint belongs to. */
interface Place {
  readonly context: Pick<CellContext, "checkpoint" | "signal">;
  readonly phases: PhaseLog;
}

interface Kept {
  /** By the names of the attacks. */
  readonly attacks: ReadonlyMap<string, Checkpoint>;
  readonly work: Work;
}

/** The checkpoint of an attack cell. */
export class AttackCheckpoint {
  readonly #place: Place;
  /** States of an earlier process that no attack has restored yet, and states of finished attacks. */
  readonly #attacks: Map<string, Checkpoint>;
  #untried = false;

  private constructor(place: Place, kept: Kept | null) {
    this.#place = place;
    this.#attacks = new Map(kept?.attacks);
    if (kept !== null) place.phases.restore(kept.work);
  }

  /** Reads what a process that was stopped has left, if it can be used; the phases continue from there. */
  static async load(place: Place): Promise<AttackCheckpoint> {
    return new AttackCheckpoint(place, await place.context.checkpoint.loadState(unpack));
  }

  /** Where one attack keeps its state. */
  stateOf(name: string): AttackState {
    return {
      load: () => {
        const kept = this.#attacks.get(name) ?? null;
        this.#attacks.delete(name); // once: it may be large
        this.#untried = kept !== null;
        return Promise.resolve(kept);
      },
      save: async (checkpoint, { steps = 0 } = {}) => {
        this.#untried = false;
        const { context, phases } = this.#place, work = phases.workSoFar(steps);
        const kept = () => pack({ attacks: new Map([...this.#attacks, [name, checkpoint()]]), work });
        await context.checkpoint.saveState(kept, { now: context.signal.aborted });
      },
    };
  }

  /** An attack has ended; `done` is saved together with the states of later ones. */
  endOf(name: string, done: Checkpoint | undefined): void {
    this.#untried = false;
    if (done !== undefined) this.#attacks.set(name, done);
  }

  /** Whether an error says that an attack cannot continue from what was kept. */
  isRefusal(error: unknown): error is Error {
    return this.#untried && (error instanceof RangeError || error instanceof SyntaxError);
  }

  /** Sets aside what was kept: an empty checkpoint. */
  async startAgain({ message }: Error): Promise<AttackCheckpoint> {
    const { context, phases } = this.#place;
    await context.checkpoint.setAside(message);
    phases.restore({ phases: [], peakBytes: 0 });
    return new AttackCheckpoint(this.#place, null);
  }
}

/** What the file holds, tensors aside. */
interface KeptJson {
  /** By the names of the attacks. */
  readonly attacks: Readonly<Record<string, Json>>;
  readonly work: Work;
}

/** Tensors have the name of their attack in front: "pgd/clean". */
function pack({ attacks, work }: Kept): Checkpoint {
  const states = Object.fromEntries([...attacks].map(([name, { state }]) => [name, state]));
  const json: KeptJson = { attacks: states, work };
  const tensors = [...attacks].flatMap(([attack, { tensors }]) =>
    [...tensors].map(([name, tensor]) => [`${attack}/${name}`, tensor] as const)
  );
  return { tensors: new Map(tensors), state: json as unknown as Json };
}

function unpack({ tensors, state }: Checkpoint): Kept {
  const { attacks, work } = state as unknown as KeptJson;
  const own = (attack: string) =>
    [...tensors].filter(([name]) => name.startsWith(`${attack}/`))
      .map(([name, tensor]) => [name.slice(attack.length + 1), tensor] as const);
  const of = Object.entries(attacks).map(([name, state]) =>
    [name, { state, tensors: new Map(own(name)) }] as const
  );
  return { attacks: new Map(of), work };
}
