import type { CellProgress } from "../plan/cell.ts";
import type { CellRecord } from "../records/mod.ts";
import { duration } from "../../common/duration.ts";
import { percent, thousands } from "./_units.ts";

/** Shows the progress of a run. */
export interface Progress {
  /** The run begins: its cells in their order, with what each roughly costs in any unit. */
  begin?(plan: { cells: readonly { name: string; cost: number }[]; jobs: number }): void;
  start(cell: { name: string; index: number; count: number }): void;
  /** @param cell Its name; default: the one that started last. */
  update(update: CellProgress, cell?: string): void;
  finish(record: CellRecord): void;
  /** A cell that a resumed run does not run again. */
  keep(cell: { name: string; index: number; count: number }, record: CellRecord): void;
  /** Shows a text once, however often it comes. */
  note(text: string): void;
}

/** Where and how to show progress. */
export interface ProgressOptions {
  /** Whether one line may be overwritten; else plain lines. */
  readonly terminal: boolean;
  readonly write: (text: string) => void;
  /** Milliseconds from any fixed point; default: `performance.now`. */
  readonly now?: () => number;
  /** Width of the terminal; default: 80. */
  readonly columns?: number;
}

/** Milliseconds between two updates, on a terminal and elsewhere. */
const TERMINAL_PAUSE = 100;
const PLAIN_PAUSE = 5000;

/** Progress that shows nothing. */
export const SILENT: Progress = { start() {}, update() {}, finish() {}, keep() {}, note() {} };

/** A cell that runs. */
interface Running {
  /** Where it stands in the plan, and its name. */
  readonly place: string;
  stage: { readonly label: string; readonly done: number; readonly at: number };
  /** When a plain line was last written for it. */
  shownAt: number;
  /** What it does at the moment. */
  state: string[];
}

/**
 * Progress for people: on a terminal one line that is overwritten, with a part for each running cell; elsewhere a plain
 * line at most every 5 seconds for each. Each finished cell leaves one line.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { terminal, write, now = () => performance.now(), columns = 80 } = options;
  const noted = new Set<string>();
  const running = new Map<string, Running>();
  const whole = new WholeRun(now);
  let last = "";
  let drawnAt = -Infinity;

  const clear = terminal ? "\r\x1b[2K" : "";
  const line = (text: string) => write(`${clear}${text}\n`);
  const draw = () => {
    const head = whole.describe();
    const room = columns - 1 - (head === "" ? 0 : head.length + 3);
    const width = Math.max(0, Math.floor((room - 3 * (running.size - 1)) / running.size));
    const parts = [...running.values()].map(({ place, state }) =>
      [place, ...state].join("  ").slice(0, width)
    );
    write(clear + [...head === "" ? [] : [head], ...parts].join(" | ").slice(0, columns - 1));
  };

  return {
    begin: (plan) => whole.begin(plan),
    start({ name, index, count }) {
      const at = now();
      running.set(last = name, {
        place: `[${index + 1}/${count}] ${name}`,
        stage: { label: "", done: 0, at },
        shownAt: at,
        state: [],
      });
      drawnAt = -Infinity;
      if (terminal) draw();
    },
    update(update, name = last) {
      const cell = running.get(name);
      if (cell === undefined) return;
      const at = now();
      if (update.label !== cell.stage.label || update.done < cell.stage.done) {
        cell.stage = { label: update.label, done: update.done, at };
      }
      if (at - (terminal ? drawnAt : cell.shownAt) < (terminal ? TERMINAL_PAUSE : PLAIN_PAUSE)) return;
      drawnAt = cell.shownAt = at;
      cell.state = describeUpdate(update, { stage: cell.stage, at });
      if (terminal) draw();
      else line([cell.place, ...cell.state].join("  "));
    },
    finish(record) {
      whole.finish(record.cell);
      const place = running.get(record.cell)?.place ?? record.cell;
      line([place, describeEnd(record), ...whole.describe() === "" ? [] : [whole.describe()]].join("  "));
      running.delete(record.cell);
      if (terminal && running.size > 0) draw();
    },
    keep({ name, index, count }, record) {
      whole.keep(name);
      line([`[${index + 1}/${count}] ${name}  kept`, ...describeAccuracy(record)].join("  "));
    },
    note(text) {
      if (noted.has(text)) return;
      noted.add(text);
      line(text);
    },
  };
}

/** How far the whole run is. */
class WholeRun {
  readonly #now: () => number;
  #costs = new Map<string, number>();
  /** Cells that are still to be finished. */
  #left = new Set<string>();
  #beganAt = 0;
  /** Of cells finished since then. */
  #spent = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  begin({ cells }: { cells: readonly { name: string; cost: number }[] }): void {
    this.#costs = new Map(cells.map(({ name, cost }) => [name, cost]));
    this.#left = new Set(this.#costs.keys());
    this.#beganAt = this.#now();
  }

  finish(cell: string): void {
    if (this.#left.delete(cell)) this.#spent += this.#costs.get(cell)!;
  }

  keep(cell: string): void {
    this.#left.delete(cell);
  }

  /** "12/43 cells, about 3 min 05 s left"; without the time until that can be told. Nothing where the run has no plan. */
  describe(): string {
    if (this.#costs.size === 0) return "";
    const cells = `${this.#costs.size - this.#left.size}/${this.#costs.size} cells`;
    if (this.#left.size === 0) return cells;
    const rest = [...this.#left].reduce((sum, name) => sum + this.#costs.get(name)!, 0);
    const tookMs = this.#now() - this.#beganAt;
    return [cells, ...describeRest({ tookMs, share: this.#spent / (this.#spent + rest) }, RUN_GROUND)].join(
      ", about ",
    );
  }
}

/** How much has to be done, or how long it has to take, before the rest is estimated from it. */
interface Ground {
  readonly share: number;
  readonly ms: number;
}

/** The first cells compile shaders, and costs are guesses: before a quarter, estimates were up to 5 times too long. */
const RUN_GROUND: Ground = { share: 1 / 4, ms: 600_000 };
/** Images of one stage take about as long as each other. */
const STAGE_GROUND: Ground = { share: 1 / 10, ms: 60_000 };

/** "35 s left", from what a share of the work took; nothing where that is no ground to go by. */
function describeRest({ tookMs, share }: { tookMs: number; share: number }, ground: Ground): string[] {
  if (!(share >= ground.share || share > 0 && tookMs >= ground.ms)) return [];
  return [`${duration(tookMs * (1 - share) / share)} left`];
}

function describeUpdate(
  update: CellProgress,
  { stage, at }: { stage: Running["stage"]; at: number },
): string[] {
  const tookMs = at - stage.at, newly = update.done - stage.done;
  const ratePerMs = tookMs > 0 ? newly / tookMs : 0;
  const { label, done, total, unit, loss, accuracy } = update;
  const parts = [`${label} ${thousands(done)}/${thousands(total)} ${unit}`];
  if (ratePerMs > 0) parts.push(`${thousands(1000 * ratePerMs)} ${unit}/s`);
  if (loss !== undefined) parts.push(`loss ${loss.toFixed(3)}`);
  if (accuracy !== undefined) parts.push(percent(accuracy));
  if (ratePerMs === 0) return parts;
  return [...parts, ...describeRest({ tookMs, share: newly / (newly + total - done) }, STAGE_GROUND)];
}

function describeEnd(record: CellRecord): string {
  const { status, reason, durationMs } = record;
  if (status === "failed" || status === "skipped") return `${status}: ${reason}`;
  return [`done in ${duration(durationMs)}`, ...describeAccuracy(record)].join("  ");
}

function describeAccuracy({ metrics }: CellRecord): string[] {
  const parts: string[] = [];
  const { attackedCleanAccuracy: attackedClean } = metrics;
  if (metrics.cleanAccuracy) parts.push(`clean ${percent(metrics.cleanAccuracy.value)}`);
  if (metrics.autoAttackAccuracy) {
    const of = attackedClean === undefined ? "" : ` (of clean ${percent(attackedClean.value)})`;
    parts.push(`AutoAttack ${percent(metrics.autoAttackAccuracy.value)}${of}`);
  }
  if (metrics.robustAccuracy) parts.push(`PGD ${percent(metrics.robustAccuracy.value)}`);
  return parts;
}
