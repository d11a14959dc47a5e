/** Rules for text: words that a reader has to read twice, and terms of the glossary that nothing uses.
 *
 * @module
 */

/** Phrases, and what to write instead. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:is|are) none\b/i, 'say what it is not: "is not ..."'],
  [/\banew\b/i, '"again", or "restarts"'],
  [/\bgo(?:es)? on\b/i, '"continues"'],
  [/\bso many\b/i, '"that many", or the number'],
  [/\bbeside\b/i, '"next to", or "besides"'],
];

/** Finds {@linkcode PHRASES} in a page; blocks of code are left alone. Lines may break within a phrase.
 *
 * @param path The page, for the messages.
 * @param text Markdown.
 * @returns One line per problem.
 */
export function phraseProblems(path: string, text: string): string[] {
  const blank = (code: string) => code.replace(/[^\n]/g, " ");
  const prose = text.replace(/^```.*?^```$/gms, blank).replace(/`[^`\n]*`/g, blank).replaceAll("\n", " ");
  return PHRASES.flatMap(([phrase, instead]) =>
    [...prose.matchAll(new RegExp(phrase, "gi"))].map(({ index, 0: found }) => {
      const line = text.slice(0, index).split("\n").length;
      return `${path}:${line} Cannot keep "${found}": write ${instead}`;
    })
  );
}

/** The terms that a glossary explains: those in bold at the start of a list's item. */
export function glossaryTerms(text: string): string[] {
  return [...text.matchAll(/^- \*\*(.+?)\*\*: /gm)].map(([, term]) => term);
}

/** Finds terms of the glossary that no other file uses, or that are explained twice. A name in code counts: the term
 * "code hash" is found in `codeHash`, `code_hash` and "code-hash".
 *
 * @param glossary The text of the glossary.
 * @param others The texts of all other files.
 * @returns One line per problem.
 */
export function glossaryProblems(glossary: string, others: readonly string[]): string[] {
  const terms = glossaryTerms(glossary);
  const unused = terms.filter((term) => {
    const words = term.split(/[ _-]+/).map((word) =>
      word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/s$/, "s?")
    );
    const pattern = new RegExp(words.join("[\\s_-]*"), "i");
    return !others.some((text) => pattern.test(text));
  });
  const twice = terms.filter((term, i) => terms.indexOf(term) !== i);
  return [
    ...unused.map((term) => `docs/glossary.md Cannot keep ${term}: no other file uses it`),
    ...twice.map((term) => `docs/glossary.md Cannot explain ${term} twice`),
  ];
}
