/**
 * Files in which Linux says what a process is, such as those of `/proc`. Deno reads them only where all permissions are
 * granted; a process with fewer has them read by a program, if it may start that.
 */

/**
 * The text of such a file.
 *
 * @param path `/proc/self` is this process.
 * @throws {Error} If there is none, or this process may neither read it nor have it read.
 */
export function readSystemFile(path: string): string {
  return allowed(() => Deno.readTextFileSync(path)) ?? ask("cat", path);
}

/** Where such a link leads. */
export function readSystemLink(path: string): string {
  return allowed(() => Deno.readLinkSync(path)) ?? ask("readlink", path).trimEnd();
}

function allowed(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}

function ask(program: string, path: string): string {
  const ours = path.replace(/^\/proc\/self\//, `/proc/${Deno.pid}/`);
  const { success, stdout } = new Deno.Command(program, { args: [ours], stderr: "null" }).outputSync();
  if (!success) throw new Error(`Cannot read ${path}: ${program} cannot either`);
  return new TextDecoder().decode(stdout);
}
