/** Pages of `docs/` that are made from tables in the code.
 *
 * @module
 */
import { commandsPage } from "./commands_page.ts";
import { join } from "./path.ts";
import { presetsPage } from "./presets_page.ts";

/** A page that is made, and its text before it is formatted. */
export interface GeneratedPage {
  /** Relative to the repository root. */
  readonly path: string;
  readonly text: () => string;
}

/** All of them. */
export const GENERATED_PAGES: readonly GeneratedPage[] = [
  { path: "docs/commands.md", text: commandsPage },
  { path: "docs/presets.md", text: presetsPage },
];

/** The text of a page as `deno fmt` leaves it. */
export async function formattedPage({ text }: GeneratedPage, root: string): Promise<string> {
  const args = ["fmt", "--quiet", "--ext", "md", "-"];
  const child = new Deno.Command(Deno.execPath(), { args, cwd: root, stdin: "piped", stdout: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text()));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot format a page: deno fmt failed");
  return new TextDecoder().decode(stdout);
}

/** One line for each page that is not what the tables say. */
export async function stalePages(root: string): Promise<string[]> {
  const stale = await Promise.all(GENERATED_PAGES.map(async (page) => {
    const [made, found] = await Promise.all([
      formattedPage(page, root),
      Deno.readTextFile(join(root, page.path)).catch(() => ""),
    ]);
    return made === found
      ? []
      : [`${page.path} Cannot keep the page: the tables say something else, run deno task reference`];
  }));
  return stale.flat();
}
