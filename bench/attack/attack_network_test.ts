import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../common/usage_error.ts";
import { withTempDir } from "../testing.ts";
import { attackNetwork, type AttackNetworkOptions } from "./attack_network.ts";
import { writeInputs } from "./testing.ts";

const REFUSED: [own: Partial<AttackNetworkOptions>, message: string][] = [
  [{ eps: 8 }, "in Linf a radius is at most 1"],
  [{ n: 0 }, "option n: must be a whole number from 1"],
  [{ seed: -1 }, "option seed: must be a whole number from 0"],
  [{ attacks: ["square", "square"] }, "square is named twice"],
  [{ std: [1, 0, 1] }, "it must be numbers above 0"],
  [{ weights: "no/such.safetensors" }, "Cannot read no/such.safetensors: no such file"],
  [{ n: 13 }, "has 12, given option n 13"],
];

for (const [own, message] of REFUSED) {
  Deno.test(`attackNetwork() refuses ${JSON.stringify(own)} before it opens a device, and leaves nothing`, async () => {
    await withTempDir(async (dir) => {
      await writeInputs(dir);
      const inputs = { weights: `${dir}/net.safetensors`, arch: "resnet8", data: `${dir}/run` } as const;
      const outDir = `${dir}/out`, radius = { norm: "Linf", eps: "8/255" } as const;
      await assertRejects(() => attackNetwork({ ...inputs, ...radius, outDir, ...own }), UsageError, message);
      assertEquals(await Deno.lstat(outDir).then(() => true, () => false), false);
    });
  });
}
