import { assertEquals, assertRejects } from "@std/assert";
import { type Construction, encodeConstruction } from "../../datasets/constructed.ts";
import { imageSet } from "../../datasets/types.ts";
import { encodeSafetensors, type HostTensor } from "../../engine/files/safetensors.ts";
import { fakeRecord, withTempDir } from "../testing.ts";
import type { CellDescription } from "../plan/cell.ts";
import { RunFolder } from "../store/run_folder.ts";
import type { Artifact } from "../records/mod.ts";
import { restoreOutput } from "./restore.ts";

/** As much of a cell as matters here. */
const cellOf = (kind: "train" | "construct") => ({ kind, name: "cell" }) as CellDescription;

const WEIGHTS: ReadonlyMap<string, HostTensor> = new Map([
  ["fc.weight", { dtype: "F32", shape: [1, 3], data: Float32Array.of(0.1, -0, 1e-30) }],
  ["bn.num", { dtype: "U32", shape: [], data: Uint32Array.of(7) }],
]);

const SET = imageSet({
  name: "planted/robust",
  classNames: ["a", "b"],
  height: 2,
  width: 2,
  images: new Float32Array(24).map((_, i) => i / 24),
  labels: Uint8Array.of(1, 0),
});

/** A run folder with the weights of one cell and the set of another. */
async function setUp(dir: string) {
  const folder = await RunFolder.create(dir);
  const write = (kind: string, name: string, bytes: Uint8Array) =>
    folder.writeArtifact("cell", { kind, name, bytes });
  const two = new Uint32Array(2), none = new Float32Array(2);
  const construction: Construction = {
    set: SET,
    sources: two,
    targets: two,
    l2: none,
    linf: none,
    reached: null,
    remaining: null,
  };
  const manifest = { name: SET.name, sha256: SET.sha256, classNames: SET.classNames };
  const weights = await write("weights", "weights.safetensors", encodeSafetensors(WEIGHTS));
  const set = await write("feature-set", "set.safetensors", encodeConstruction(construction));
  const about = await write("manifest", "manifest.json", new TextEncoder().encode(JSON.stringify(manifest)));
  return { weights, set, about };
}

const recordOf = (...artifacts: Artifact[]) => fakeRecord({ cell: "cell", artifacts });

Deno.test("restoreOutput() gives back the weights of a train cell, bit for bit", async () => {
  await withTempDir(async (dir) => {
    const { weights } = await setUp(dir);
    const restored = await restoreOutput(cellOf("train"), recordOf(weights), { runDir: dir });
    assertEquals(
      { ...restored, weights: new Map((restored as { weights: typeof WEIGHTS }).weights) },
      {
        weights: WEIGHTS,
        snapshots: [],
        sha256: weights.sha256,
      } as unknown as typeof restored,
    );
  });
});

Deno.test("restoreOutput() gives back the set of a construct cell, bit for bit", async () => {
  await withTempDir(async (dir) => {
    const { set, about } = await setUp(dir);
    const restored = await restoreOutput(cellOf("construct"), recordOf(set, about), { runDir: dir });
    assertEquals(restored, SET);
  });
});

Deno.test("restoreOutput() refuses a file that is absent, not named, or not the one of the record", async () => {
  await withTempDir(async (dir) => {
    const { weights, set, about } = await setUp(dir);
    const refused = async (kind: "train" | "construct", artifacts: Artifact[], reason: string) => {
      const restore = () => restoreOutput(cellOf(kind), recordOf(...artifacts), { runDir: dir });
      await assertRejects(restore, RangeError, `Cannot restore cell: ${reason}`);
    };
    await refused("train", [], "its record names no weights");
    await refused("construct", [set], "its record names no manifest");
    await refused("construct", [about], "its record names no feature-set");
    await Deno.truncate(`${dir}/${weights.path}`, 20);
    await refused("train", [weights], `${weights.path} is not the file that its record names, sha256 `);
    await Deno.remove(`${dir}/${set.path}`);
    await refused("construct", [set, about], `${set.path} cannot be read, `);
  });
});
