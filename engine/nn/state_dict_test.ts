import { assertEquals } from "@std/assert";
import type { HostTensor } from "../safetensors.ts";
import { plainStateDict } from "./state_dict.ts";

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
});

Deno.test("plainStateDict() keeps a prefix that only some names carry, and other prefixes", () => {
  for (const names of [["module.a", "b"], ["modulea"], ["net.a"], ["a", "model"], []]) {
    assertEquals(outcome(names), { names, prefix: "", added: [] });
  }
});

Deno.test("plainStateDict() adds counters that are missing, and none that are there", () => {
  const given = ["model.bn1.running_mean", "model.bn2.running_mean", "model.bn2.num_batches_tracked"];
  const { tensors, added } = plainStateDict(new Map(given.map((name) => [name, row(0)])));
  assertEquals(added, ["bn1.num_batches_tracked"]);
  assertEquals(tensors.get(added[0]), { dtype: "I64", shape: [], data: BigInt64Array.of(0n) });
  assertEquals(tensors.get("bn2.num_batches_tracked"), row(0));
});
