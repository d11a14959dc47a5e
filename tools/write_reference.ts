/** Makes the pages of `docs/` that come from tables in the code: `deno task reference`.
 *
 * @module
 */
import { formattedPage, GENERATED_PAGES } from "./generated_docs.ts";
import { join } from "./path.ts";
import { ROOT } from "./repository.ts";

for (const page of GENERATED_PAGES) {
  await Deno.writeTextFile(join(ROOT, page.path), await formattedPage(page, ROOT));
}
