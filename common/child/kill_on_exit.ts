/**
 * Ends a child process by force when this one exits, so that no exit leaves it behind.
 *
 * @returns Takes that back; call it when the child has ended.
 */
export function killOnExit(child: Deno.ChildProcess): () => void {
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // it has ended just now
    }
  };
  globalThis.addEventListener("unload", kill);
  return () => globalThis.removeEventListener("unload", kill);
}
