/**
 * Fusion: a pointwise operation joins the kernel that writes one of its operands, if its other operands exist by then.
 * Biases, activations, residual sums, masks and chains of them then need no dispatch and no memory traffic of their
 * own. The values are the same: each operation still rounds to float32.
 */

import type { Operand, Pointwise } from "../graph/op.ts";
import { vec4Count } from "../arrays/shape.ts";
import { type FusedPointwise, readsOf, type Step, writesOf } from "./step.ts";
import { Variable } from "../graph/tensor.ts";

/** Limits of fusion. */
export interface FusionLimits {
  /** Values that have to be in memory after the run. */
  readonly kept: ReadonlySet<Operand>;
  /** Bindings that one kernel may have. */
  readonly bindings: number;
}

/** A step whose tail is still growing. */
interface Group {
  readonly step: Step;
  readonly at: number;
  /** Number of the binding that the tail follows, or -1. */
  readonly binding: number;
  readonly values: Operand[];
  readonly tail: Omit<FusedPointwise, "stored">[];
  /** Operands that the tail reads from memory. */
  readonly fetched: Set<Operand>;
}

/** Moves pointwise steps into the tails of others where possible; keeps the order. */
export function fuseSteps(steps: readonly Step[], { kept, bindings }: FusionLimits): Step[] {
  const groups: Group[] = [];
  const groupOf = new Map<Operand, Group>();
  const lastWrite = new Map<Operand, number>();
  const again = writtenAgain(steps);
  steps.forEach((step, at) => {
    const group = step.pointwise === undefined || !isMovable(step.pointwise.out, again)
      ? undefined
      : findGroup(step.pointwise, { groupOf, lastWrite, bindings });
    if (group !== undefined) append(group, step.pointwise!);
    else groups.push(openGroup(step, { at, again }));
    const home = group ?? groups.at(-1)!;
    const value = home.values.at(-1);
    if (value !== undefined) groupOf.set(value, home);
    for (const operand of writesOf(step)) lastWrite.set(operand, group === undefined ? at : group.at);
  });
  const read = new Set(groups.flatMap(({ step, fetched }) => [...readsOf(step), ...fetched]));
  const stored = (operand: Operand) => kept.has(operand) || read.has(operand) || operand instanceof Variable;
  return groups.map(({ step, binding, tail }) =>
    tail.length === 0 ? step : {
      ...step,
      label: [step.label, ...tail.map(({ pointwise }) => pointwise.name)].join(" + "),
      fused: {
        binding,
        storesOwn: stored(step.bindings[binding].operand),
        tail: tail.map((entry) => ({ ...entry, stored: stored(entry.pointwise.out) })),
      },
    }
  );
}

/** Operands that several steps write: no single step yields their final value. */
function writtenAgain(steps: readonly Step[]): ReadonlySet<Operand> {
  const once = new Set<Operand>(), again = new Set<Operand>();
  for (const operand of steps.flatMap(writesOf)) (once.has(operand) ? again : once).add(operand);
  return again;
}

/** Whether a value may be written earlier than recorded: it is not a variable, and one step alone writes it. */
function isMovable(out: Operand, again: ReadonlySet<Operand>): boolean {
  return !(out instanceof Variable) && !again.has(out);
}

function openGroup(step: Step, { at, again }: { at: number; again: ReadonlySet<Operand> }): Group {
  const outputs = step.bindings.flatMap(({ kind }, k) => kind === "output" ? [k] : []);
  const binding = outputs.length === 1 && !again.has(step.bindings[outputs[0]].operand) ? outputs[0] : -1;
  const values = binding === -1 ? [] : [step.bindings[binding].operand];
  return { step, at, binding, values, tail: [], fetched: new Set() };
}

/** The group that can take the operation in: the last one to write one of its operands. */
function findGroup(
  { operands, out }: Pointwise,
  { groupOf, lastWrite, bindings }: {
    groupOf: ReadonlyMap<Operand, Group>;
    lastWrite: ReadonlyMap<Operand, number>;
    bindings: number;
  },
): Group | undefined {
  let group: Group | undefined;
  for (const { operand, index } of operands) {
    const found = groupOf.get(operand);
    if (index !== "i" || found === undefined || vec4Count(operand.spec.shape) !== vec4Count(out.spec.shape)) {
      continue;
    }
    if (group === undefined || found.at > group.at) group = found;
  }
  if (group === undefined) return undefined;
  const { at, values, fetched, tail, step } = group;
  const outside = operands.filter(({ operand, index }) => index !== "i" || !values.includes(operand));
  if (outside.some(({ operand }) => values.includes(operand) || (lastWrite.get(operand) ?? -1) >= at)) {
    return undefined;
  }
  const fetches = new Set([...fetched, ...outside.map(({ operand }) => operand)]);
  for (const { kind, operand } of step.bindings) if (kind === "input") fetches.delete(operand);
  return step.bindings.length + fetches.size + tail.length + 1 <= bindings ? group : undefined;
}

function append(group: Group, pointwise: Pointwise): void {
  const args = pointwise.operands.map(({ operand, index }) => {
    const value = index === "i" ? group.values.indexOf(operand) : -1;
    return value === -1 ? "memory" as const : value;
  });
  pointwise.operands.forEach(({ operand }, k) => {
    if (args[k] === "memory") group.fetched.add(operand);
  });
  group.tail.push({ pointwise, args });
  group.values.push(pointwise.out);
}
