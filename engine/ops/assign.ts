/** Setting a variable, or one row of it, from inside a program. */

import { record } from "../graph/graph.ts";
import type { OpDef } from "../graph/op.ts";
import { splitGrid } from "../device/pipeline_cache.ts";
import { f32, formatShape, lastDim, sameShape, sizeOf, u32, vec4Count } from "../arrays/shape.ts";
import type { Value, Variable } from "../graph/tensor.ts";
import { fillTemplate } from "../wgsl/template.ts";
import source from "./assign.wgsl" with { type: "text" };

type NoAttrs = Record<string, never>;

/** variable = value. Inputs: variable, value of the same spec. */
export const assignOp: OpDef<NoAttrs> = {
  name: "assign",
  shape: ([variable, value]) => {
    if (!sameShape(variable.shape, value.shape) || variable.dtype !== value.dtype) {
      throw new RangeError(
        `Cannot assign: expected ${variable.dtype} ${formatShape(variable.shape)}, got ${value.dtype} ${
          formatShape(value.shape)
        }`,
      );
    }
    return [];
  },
  lower: ({ inputs: [variable, value] }) => {
    const COUNT = vec4Count(variable.spec.shape);
    return [{
      label: "assign",
      source: fillTemplate(source, { consts: { COUNT, ROW: 0 }, text: { TYPE: variable.spec.dtype } }),
      bindings: [{ operand: variable, kind: "read_write" }, { operand: value, kind: "read" }],
      workgroups: splitGrid(Math.ceil(COUNT / 64)),
      leading: true,
    }];
  },
  backward: null,
  reference: ([variable, value]) => {
    variable.data.set(value.data);
    return [];
  },
  mutates: [0],
  flops: () => 0,
  cases: [
    { name: "scalar", inputs: [f32(), f32()], attrs: {} },
    { name: "odd", inputs: [f32(3, 5), f32(3, 5)], attrs: {} },
    { name: "integers", inputs: [u32(65), u32(65)], attrs: {} },
    { name: "above a workgroup", inputs: [f32(65, 4), f32(65, 4)], attrs: {} },
  ],
};

/** table[index] = row. Inputs: table [T, …], row [… or 1, …], index []; an index of T or more writes nothing. */
export const assignRowOp: OpDef<NoAttrs> = {
  name: "assign_row",
  shape: ([table, row]) => {
    const expected = table.shape.slice(1);
    if (lastDim(expected) !== lastDim(row.shape) || sizeOf(expected) !== sizeOf(row.shape)) {
      throw new RangeError(
        `Cannot assign a row: expected ${formatShape(table.shape.slice(1))} for ${
          formatShape(table.shape)
        }, got ${formatShape(row.shape)}`,
      );
    }
    return [];
  },
  lower: ({ inputs: [table, row, index] }) => {
    const COUNT = vec4Count(row.spec.shape);
    return [{
      label: "assign_row",
      source: fillTemplate(source, {
        consts: { COUNT, ROW: 1, ROWS: table.spec.shape[0] },
        text: { TYPE: table.spec.dtype },
      }),
      bindings: [
        { operand: table, kind: "read_write" },
        { operand: row, kind: "read" },
        { operand: index, kind: "read" },
      ],
      workgroups: splitGrid(Math.ceil(COUNT / 64)),
    }];
  },
  backward: null,
  reference: ([table, row, index]) => {
    const at = index.data[0];
    if (at < table.shape[0]) table.data.set(row.data, at * sizeOf(row.shape));
    return [];
  },
  mutates: [0],
  flops: () => 0,
  cases: [
    { name: "one number a row", inputs: [f32(10, 1), f32(), u32()], attrs: {} },
    { name: "wide rows", inputs: [f32(10, 3, 5), f32(3, 5), u32()], attrs: {} },
    { name: "above a workgroup", inputs: [f32(10, 65, 4), f32(65, 4), u32()], attrs: {} },
    { name: "past the end", inputs: [f32(2, 3), f32(3), u32()], attrs: {}, below: 10_000 },
  ],
};

/**
 * Sets a variable to a value when the program runs, after what was recorded before and before what is recorded after.
 *
 * @throws {RangeError} If shape or type differ.
 */
export function assign(variable: Variable, value: Value): void {
  record(assignOp, [variable, value], {});
}

/**
 * Sets one row of a variable when the program runs; an index past the end writes nothing.
 *
 * @param table [T, …].
 * @param row […], or with leading dimensions of 1.
 * @param options Index: a u32 scalar, so that each run can write another row.
 * @throws {RangeError} If the row has another size.
 */
export function assignRow(table: Variable, row: Value, { index }: { index: Value }): void {
  record(assignRowOp, [table, row, index], {});
}
