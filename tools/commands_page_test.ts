import { assert, assertStringIncludes } from "@std/assert";
import { BENCH } from "../bench/commands/table.ts";
import { commandsPage } from "./commands_page.ts";

Deno.test("commandsPage() has every command with every option, its type and its default", () => {
  const page = commandsPage();
  for (const name of Object.keys(BENCH.commands)) assertStringIncludes(page, `\n## bench ${name}\n`);
  for (const title of ["bench", "report", "data cifar10", "data planted"]) {
    assertStringIncludes(page, `\n## ${title}\n`);
  }
  for (const { options } of Object.values(BENCH.commands)) {
    for (const { name, help } of options) {
      assert(page.includes(`| \`--${name}\``) && page.includes(help.replaceAll("|", "\\|")), name);
    }
  }
  assertStringIncludes(
    page,
    "| `--rounds` | `N`: a whole number from 1 to 999999 | 5 | how often each is timed |",
  );
  assertStringIncludes(page, "| 143 | interrupted by SIGTERM |");
});
