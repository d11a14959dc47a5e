import { assertEquals, assertThrows } from "@std/assert";
import type { HostTensor } from "../files/safetensors.ts";
import { plainOutline, plainStateDict } from "./state_dict.ts";

const row = (value: number): HostTensor => ({ dtype: "F32", shape: [1], data: Float32Array.of(value) });

/** The names that come out, what was taken off, and what was added. */
function outcome(names: string[]) {
  const { tensors, prefix, added } = plainStateDict(new Map(names.map((name, i) => [name, row(i)])));
  return { names: [...tensors.keys()], prefix, added };
}

Deno.test("plainStateDict() takes a prefix off that all names carry, however often, and keeps the tensors", () => {
  assertEquals(outcome(["module.a", "module.b.c"]), { names: ["a", "b.c"], prefix: "module.", added: [] });
  assertEquals(outcome(["module.model.a"]), { names: ["a"], prefix: "module.model.", added: [] });
  assertEquals(plainStateDict(new Map([["model.a", row(7)]])).tensors.get("a"), row(7));
  for (const prefix of ["_orig_mod.", "backbone.", "encoder.", "module._orig_mod.net."]) {
    assertEquals(outcome([`${prefix}a`, `${prefix}b`]), { names: ["a", "b"], prefix, added: [] });
  }
});

Deno.test("plainStateDict() keeps a prefix that only some names carry, and other prefixes", () => {
  for (const names of [["module.a", "b"], ["modulea"], ["head.a"], ["a", "model"], []]) {
    assertEquals(outcome(names), { names, prefix: "", added: [] });
  }
});

Deno.test("plainStateDict() takes what wrappers put within names, unless two names become one", () => {
  const names = ["layer1._orig_mod.0.a", "_fsdp_wrapped_module.b", "layer1.1._checkpoint_wrapped_module.a"];
  assertEquals(outcome(names).names, ["layer1.0.a", "b", "layer1.1.a"]);
  assertThrows(() => outcome(["_orig_mod.a", "a"]), RangeError, "two names become one");
});

Deno.test("plainStateDict() replaces counters that are missing or not usable, and leaves out all others", () => {
  const counter = (value: bigint): HostTensor => ({ dtype: "I64", shape: [], data: BigInt64Array.of(value) });
  const given = new Map<string, HostTensor>([
    ["model.bn1.running_mean", row(0)],
    ["model.bn2.running_mean", row(0)],
    ["model.bn2.num_batches_tracked", counter(5n)],
    ["model.bn3.running_mean", row(0)],
    ["model.bn3.num_batches_tracked", row(3)],
    ["model.bn4.running_mean", row(0)],
    ["model.bn4.num_batches_tracked", counter(-1n)],
    ["model.other.num_batches_tracked", row(1)],
    ["n_averaged", row(1)],
  ]);
  const { tensors, added } = plainStateDict(given);
  assertEquals(added, ["bn1", "bn3", "bn4"].map((name) => `${name}.num_batches_tracked`));
  for (const name of added) assertEquals(tensors.get(name), counter(0n));
  assertEquals(tensors.get("bn2.num_batches_tracked"), counter(5n));
  assertEquals([...tensors.keys()].filter((name) => /other|averaged/.test(name)), []);
  assertEquals(
    [...plainOutline(given).keys()],
    ["bn1", "bn2", "bn3", "bn4"].map((name) => `${name}.running_mean`),
  );
});

Deno.test("plainStateDict() converts other floating point numbers to float32, and counts them", () => {
  const given = new Map<string, HostTensor>([
    ["a", { dtype: "F16", shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }],
    ["b", { dtype: "BF16", shape: [1], data: Uint16Array.of(0x3fc0) }],
    ["c", row(7)],
    ["d", { dtype: "I32", shape: [1], data: Int32Array.of(1) }],
  ]);
  const { tensors, converted } = plainStateDict(given);
  assertEquals(tensors.get("a"), { dtype: "F32", shape: [2], data: Float32Array.of(1, -2) });
  assertEquals(tensors.get("b"), row(1.5));
  assertEquals([tensors.get("c"), tensors.get("d")], [given.get("c"), given.get("d")]);
  assertEquals([...converted], [["F16", 1], ["BF16", 1]]);
  assertEquals([...plainOutline(given).values()].map(({ dtype }) => dtype), ["F32", "F32", "F32", "I32"]);
});
