/**
 * The line (from 1) on which a key stands in a YAML text in block style, or of its deepest ancestor that is found so
 * (a key within `{...}` has its section's line), or null. For error messages only: it reads keys and indentation.
 */
export function yamlLine(text: string, path: readonly string[]): number | null {
  let found: number | null = null;
  let depth = 0;
  /** Indentation of the keys matched so far; the next one stands deeper. */
  const indents: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const match = /^( *)(?:"([^"]+)"|'([^']+)'|([^\s:#'"{[-][^:#]*?)) *:(?: |\r?$|$)/.exec(line);
    if (match === null) continue;
    const indent = match[1].length;
    if (depth > 0 && indent <= indents[depth - 1]) return found;
    if (indents.length > depth && indent !== indents[depth]) continue;
    indents[depth] = indent;
    if ((match[2] ?? match[3] ?? match[4]) !== path[depth]) continue;
    found = index + 1;
    depth++;
    if (depth === path.length) return found;
  }
  return found;
}
