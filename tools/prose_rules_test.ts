import { assertEquals } from "@std/assert";
import { glossaryProblems, glossaryTerms, phraseProblems } from "./prose_rules.ts";

Deno.test("phraseProblems() finds phrases with their lines, also across two lines, and not in code", () => {
  const text = "It begins anew.\n\n```sh\necho anew\n```\nThe walk goes\non; `anew` is a name.\n";
  assertEquals(phraseProblems("x.md", text), [
    'x.md:1 Cannot keep "anew": write "again", or "restarts"',
    'x.md:6 Cannot keep "goes on": write "continues"',
  ]);
  assertEquals(phraseProblems("x.md", "Besides, the going on of one nonesuch is near.\n"), []);
});

Deno.test("glossaryProblems() finds terms that nothing uses and terms that are explained twice", () => {
  const glossary =
    "# Glossary\n\n- **code hash**: a hash.\n- **cell**: one unit.\n- **cell**: again.\n- **EOT samples**: some.\n";
  assertEquals(glossaryTerms(glossary), ["code hash", "cell", "cell", "EOT samples"]);
  assertEquals(glossaryProblems(glossary, ["const codeHash = 1;", "a CELL"]), [
    "docs/glossary.md Cannot keep EOT samples: no other file uses it",
    "docs/glossary.md Cannot explain cell twice",
  ]);
  assertEquals(glossaryProblems("- **EOT samples**: some.\n", ["eotSample"]), []);
});
