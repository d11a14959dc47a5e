/** Files of the user's where the runner works, for tests: whatever a command does, they stay as they are. */
import { assertEquals } from "@std/assert";

/** Every entry below a folder: the content of a file, where a link leads, or that it is a folder. Links are not followed. */
export async function treeOf(dir: string, prefix = ""): Promise<Map<string, string>> {
  const tree = new Map<string, string>();
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(`${dir}/${prefix}`)) {
    const path = prefix + name;
    if (isSymlink) tree.set(path, `link to ${await Deno.readLink(`${dir}/${path}`)}`);
    else if (isDirectory) {
      tree.set(path, "folder");
      for (const entry of await treeOf(dir, `${path}/`)) tree.set(...entry);
    } else tree.set(path, new TextDecoder("latin1").decode(await Deno.readFile(`${dir}/${path}`)));
  }
  return tree;
}

const ID = "01234567-89ab-4cde-8f01-23456789abcd";

/** Beside the run folder's own entries, in every folder of it: names that only look like the runner's. */
const BESIDE = {
  "": ["notes.txt", ".hidden", "run.json.bak", "report.html.old", `.mine.${ID}.tmp`, "data/mine.bin"],
  "records/": [
    "mine.json",
    "sl--natural--seed-0.json.bak",
    "sl--natural--seed-77.json",
    `.mine.json.${ID}.tmp`,
  ],
  "records/stale/": ["mine.json", "sl--natural--seed-0.json.old"],
  "artifacts/": ["mine.safetensors", "mine/weights.safetensors", `.weights.safetensors.${ID}.tmp`],
  "artifacts/sl/natural/seed-0/": ["mine.safetensors", "mine/notes.txt"],
  "checkpoints/": [
    "mine.safetensors",
    "sl--natural--seed-0.safetensors",
    "sl--natural--seed-0.0123456789AB.safetensors",
    "sl--natural--seed-0.0123456789ab.safetensors.bak",
    "other.0123456789ab.safetensors",
  ],
  "leases/": ["mine.json", "notes.txt", "deep/mine.json"],
} as const;

/**
 * Puts files of the user's next to and into what a run has left, and links that lead out of it to files in `outside`.
 *
 * @returns A check that all are as they were.
 */
export async function placeBystanders(runDir: string, outside: string): Promise<() => Promise<void>> {
  const write = async (path: string) => {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, `the user's ${path.slice(path.lastIndexOf("/") + 1)}`);
  };
  for (const name of ["mine.txt", "records.json", "deep/weights.safetensors"]) {
    await write(`${outside}/${name}`);
  }
  const own = new Map<string, string>();
  for (const [folder, names] of Object.entries(BESIDE)) {
    for (const name of names) {
      await write(`${runDir}/${folder}${name}`);
      own.set(folder + name, await Deno.readTextFile(`${runDir}/${folder}${name}`));
    }
    for (
      const [name, target] of [["file-link", "mine.txt"], ["folder-link", "deep"], [
        "dangling.json",
        "absent",
      ]]
    ) {
      await Deno.symlink(`${outside}/${target}`, `${runDir}/${folder}${name}`);
      own.set(folder + name, `link to ${outside}/${target}`);
    }
  }
  const behind = await treeOf(outside);
  return async () => {
    const tree = await treeOf(runDir);
    assertEquals(new Map([...own.keys()].map((path) => [path, tree.get(path) ?? "gone"])), own);
    assertEquals(await treeOf(outside), behind);
  };
}
