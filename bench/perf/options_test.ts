import { assertEquals } from "@std/assert";
import { partsOf } from "./options.ts";

const parts = (asked: Partial<Parameters<typeof partsOf>[0]>) => [
  ...partsOf({ parts: null, only: null, soakSteps: null, ...asked }),
];

Deno.test("partsOf() names everything but the soak by default", () => {
  assertEquals(parts({}), ["start", "ceilings", "kernels", "training", "attacks"]);
  assertEquals(parts({ parts: ["start"], soakSteps: 40 }), ["start", "soak"]);
});

Deno.test("partsOf() leaves the other parts out where kernels are picked, unless they are named", () => {
  assertEquals(parts({ only: "matmul" }), ["ceilings", "kernels"]);
  assertEquals(parts({ only: "matmul", parts: ["kernels", "attacks"] }), ["kernels", "attacks"]);
});
