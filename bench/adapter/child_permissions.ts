/**
 * What our own programs may do that a command starts: read, write, see and set variables, and have Linux say what they are
 * (`system_file.ts`). Neither the network nor any other program is open to them.
 */
export const CHILD_PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys=osRelease",
  ...(Deno.build.os === "linux" ? ["--allow-run=cat"] : []),
];
