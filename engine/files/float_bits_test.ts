import { assertEquals } from "@std/assert";
import { float32Of, isFloat } from "./float_bits.ts";

/** What F16 bits stand for, by their definition. */
function half(bits: number): number {
  const sign = bits >> 15 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

Deno.test("float32Of() converts every number of F16 and BF16 exactly", () => {
  const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
  const shape = [all.length];
  const halves = float32Of({ dtype: "F16", shape, data: all })!; // NaNs keep their bits
  assertEquals(all.filter((bits) => !Object.is(halves[bits], half(bits))), Uint16Array.of());
  const brain = float32Of({ dtype: "BF16", shape, data: all })!;
  assertEquals(new Uint32Array(brain.buffer), Uint32Array.from(all, (bits) => bits * 65_536));
});

Deno.test("float32Of() rounds F64, and leaves other types", () => {
  const data = Float64Array.of(0.1, 1e300, -1e-60, 1);
  assertEquals(float32Of({ dtype: "F64", shape: [4], data }), Float32Array.of(0.1, Infinity, -0, 1));
  assertEquals(float32Of({ dtype: "F32", shape: [1], data: Float32Array.of(1) }), null);
  assertEquals(float32Of({ dtype: "I16", shape: [1], data: Int16Array.of(1) }), null);
  assertEquals([isFloat("BF16"), isFloat("F32"), isFloat("U16")], [true, false, false]);
});
