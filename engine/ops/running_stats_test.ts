import { assertThrows } from "@std/assert";
import { trace } from "../graph.ts";
import { f32, u32 } from "../shape.ts";
import { Variable } from "../tensor.ts";
import { checkOp } from "../testing/check_op.ts";
import { runningStatsOp, updateRunningStats } from "./running_stats.ts";

checkOp(runningStatsOp);

Deno.test("updateRunningStats() refuses a batch of one value per channel", () => {
  const make = (name: string) => new Variable(name, f32(3));
  const running = { mean: make("mean"), variance: make("variance"), batches: new Variable("batches", u32()) };
  assertThrows(
    () => trace(() => updateRunningStats(running, { mean: make("a"), variance: make("b"), rows: 1 })),
    RangeError,
    "a variance needs two values per channel, got 1",
  );
});
