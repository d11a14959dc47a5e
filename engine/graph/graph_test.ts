import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { asTensor, liveNodes, record, replacing, trace } from "./graph.ts";
import { add, mul, scale } from "../ops/arithmetic.ts";
import { assign, assignOp } from "../ops/assign.ts";
import { evaluateReference } from "./reference.ts";
import { f32 } from "../arrays/shape.ts";
import { Variable } from "./tensor.ts";

const scalar = (value = 0) => new Variable("x", f32(), Float32Array.of(value));
const names = (nodes: readonly { op: { name: string } }[]) => nodes.map((node) => node.op.name);

Deno.test("trace() records operations in the order in which they were called", () => {
  const x = scalar();
  const { graph } = trace(() => mul(add(x, x), x));
  assertEquals(names(graph.nodes), ["add", "mul"]);
  assertEquals(graph.variables, [x]);
});

Deno.test("trace() goes back to the outer program, even after an error", () => {
  const x = scalar();
  const { graph } = trace(() => {
    assertThrows(() =>
      trace(() => {
        throw new Error("inner");
      })
    );
    trace(() => scale(x, 2));
    add(x, x);
  });
  assertEquals(names(graph.nodes), ["add"]);
});

Deno.test("asTensor() gives a variable one tensor in a program", () => {
  const x = scalar();
  trace(() => assertStrictEquals(asTensor(x), asTensor(x)));
});

Deno.test("record() refuses to work outside a program", () => {
  const error = assertThrows(() => add(scalar(), scalar()), TypeError);
  assertEquals(
    error.message,
    "Cannot record an operation: no program is being recorded, call it inside compile() or trace()",
  );
});

Deno.test("record() refuses a tensor of another program", () => {
  const x = scalar();
  const { result: stranger } = trace(() => add(x, x));
  assertThrows(
    () => trace(() => add(stranger, x)),
    TypeError,
    "Cannot use tensor: it was recorded in another program, pass a Variable between programs",
  );
});

Deno.test("record() refuses to change a tensor in place", () => {
  const x = scalar();
  assertThrows(
    () => trace(() => record(assignOp, [add(x, x), x], {})),
    TypeError,
    "Cannot record assign: input 0 is changed in place and has to be a Variable",
  );
});

Deno.test("record() refuses shapes that do not fit when it is called, not when the program runs", () => {
  const [a, b] = [new Variable("a", f32(3)), new Variable("b", f32(4))];
  assertThrows(() => trace(() => add(a, b)), RangeError, "[3] and [4]");
});

Deno.test("liveNodes() drops what no output needs and keeps what changes a variable, in order", () => {
  const [x, y] = [scalar(), scalar()];
  const { graph, result } = trace(() => {
    const doubled = scale(x, 2);
    mul(doubled, doubled);
    assign(y, add(doubled, x));
    assign(x, y);
    add(y, y);
    return scale(y, 3);
  });
  assertEquals(names(graph.nodes), ["scale", "mul", "add", "assign", "assign", "add", "scale"]);
  assertEquals(names(liveNodes(graph, [result])), ["scale", "add", "assign", "assign", "scale"]);
  assertEquals(names(liveNodes(graph, [])), ["scale", "add", "assign", "assign"]);
});

Deno.test("evaluateReference() carries out changes in place in their order", () => {
  const [x, y] = [scalar(1), scalar(10)];
  const { graph, result } = trace(() => {
    const before = add(x, y);
    assign(x, scale(y, 2));
    return [before, add(x, y)];
  });
  const state = new Map();
  assertEquals(evaluateReference(graph, result, state).map((value) => value.data[0]), [11, 30]);
  assertEquals(state.get(x).data[0], 20);
  assertEquals(evaluateReference(graph, result, state).map((value) => value.data[0]), [30, 30]);
});

Deno.test("replacing() reads other variables in the place of some, and only within", () => {
  const x = scalar(1), other = scalar(2);
  const { graph, result } = trace(() => {
    const inside = replacing(new Map([[x, other]]), () => scale(x, 10));
    return [inside, scale(x, 10)];
  });
  assertEquals(evaluateReference(graph, result).map(({ data }) => data[0]), [20, 10]);
});

Deno.test("replacing() refuses a replacement of another shape", () => {
  const error = assertThrows(
    () => replacing(new Map([[scalar(), new Variable("y", f32(2))]]), () => {}),
    RangeError,
  );
  assertEquals(
    error.message,
    'Cannot replace variable "x": its shape is [], "y" has [2]',
  );
});
