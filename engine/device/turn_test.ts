import { assert, assertEquals } from "@std/assert";
import { turn } from "./turn.ts";

Deno.test("turn() lets timers fire in the midst of work that waits for nothing, and costs nothing else", async () => {
  let fired = 0, calls = 0;
  const timer = setInterval(() => fired++, 1);
  const startedAt = performance.now();
  for (; performance.now() - startedAt < 400; calls++) await turn();
  clearInterval(timer);
  assert(fired >= 3, `timers fired ${fired} times`);
  assert(calls > 20 * fired, `${calls} calls for ${fired} turns`);
});

Deno.test("turn() hears a signal", { ignore: Deno.build.os === "windows" }, async () => {
  let heard = 0;
  const listener = () => heard++;
  Deno.addSignalListener("SIGWINCH", listener);
  Deno.kill(Deno.pid, "SIGWINCH");
  const startedAt = performance.now();
  while (heard === 0 && performance.now() - startedAt < 2000) await turn();
  Deno.removeSignalListener("SIGWINCH", listener);
  assertEquals(heard, 1);
});
