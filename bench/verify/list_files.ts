/** A file below a folder. */
export interface ListedFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  /** Whether it is a symbolic link, which is not followed. */
  readonly isLink: boolean;
}

/**
 * All files below a folder, in alphabetical order.
 *
 * @throws {Error} If a folder cannot be read.
 */
export async function listFiles(folder: string, below = ""): Promise<ListedFile[]> {
  const found: ListedFile[] = [];
  const entries = await Array.fromAsync(Deno.readDir(`${folder}/${below}`));
  for (const { name, isDirectory, isSymlink } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = `${below}${name}`;
    if (isDirectory) found.push(...await listFiles(folder, `${path}/`));
    else found.push({ path, isLink: isSymlink });
  }
  return found;
}
