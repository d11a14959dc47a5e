/** Runs our shell scripts among made-up programs, to test what they do on machines unlike this one.
 *
 * @module
 */
import { join } from "./path.ts";
import { ROOT } from "./repository.ts";

/** Programs that the scripts may use as they are on this machine. */
const REAL = "sh env dirname sed sort head tail grep tee mktemp rm mkdir cat paste ln chmod cp".split(" ");

/** The result of a run. */
export interface SandboxResult {
  /** The exit code. */
  code: number;
  /** Lines on stdout. */
  stdout: string[];
  /** Lines on stderr. */
  stderr: string[];
}

/** Runs a script of ours in a folder of its own, where only its copy, {@linkcode REAL} programs and made-up ones exist.
 *
 * @param script Path of the script, relative to the repository root.
 * @param options What the machine is like. `programs`: made-up programs, name to text of a shell script; `files`: other
 * files next to the script, likewise; both may use `$BOX`, the folder. `args`: arguments of the script. `shell`: what runs it.
 * @returns Exit code and lines, with the folder's name replaced by `BOX`.
 */
export async function runInSandbox(
  script: string,
  options: {
    programs?: Record<string, string>;
    files?: Record<string, string>;
    args?: string[];
    shell?: "sh" | "bash";
  } = {},
): Promise<SandboxResult> {
  const { programs = {}, files = {}, args = [], shell = "sh" } = options;
  const box = await Deno.realPath(await Deno.makeTempDir());
  try {
    const bin = join(box, "bin");
    await Deno.mkdir(bin);
    await Deno.mkdir(join(box, ".ci"));
    for (const name of REAL) await Deno.symlink(await which(name), join(bin, name));
    for (const [name, text] of Object.entries(programs)) {
      await Deno.writeTextFile(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(box, name), text);
    await Deno.copyFile(join(ROOT, script), join(box, script));
    const output = await new Deno.Command(await which(shell), {
      args: [join(box, script), ...args],
      clearEnv: true,
      env: { PATH: bin, HOME: box, TMPDIR: box, BOX: box },
      stdin: "null",
    }).output();
    const lines = (bytes: Uint8Array) =>
      new TextDecoder().decode(bytes).replaceAll(box, "BOX").split("\n").filter((line) => line !== "");
    return { code: output.code, stdout: lines(output.stdout), stderr: lines(output.stderr) };
  } finally {
    await Deno.remove(box, { recursive: true });
  }
}

async function which(name: string): Promise<string> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = join(folder, name);
    if (await Deno.stat(path).then((info) => info.isFile, () => false)) return path;
  }
  throw new Error(`Cannot find ${name}: it is in no folder of PATH`);
}
