/** Names of cells and paths of their files, as they may stand in a record. */

/** Whether a text can be a cell's name: parts of letters, digits, dots, dashes and underlines, between slashes. */
export function isCellName(name: string): boolean {
  return name.length <= 200 && name.split("/").every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(part));
}

/** Whether a path, relative to the run folder, is that of a file in the folder of a cell: `artifacts/<cell>/...`. */
export function isPathOf(cell: string, path: string): boolean {
  const own = `artifacts/${cell}/`;
  return path.startsWith(own) && isCellName(path.slice(own.length));
}
