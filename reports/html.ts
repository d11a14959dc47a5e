/** Text that is already safe to put into a page. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

/** A part of a template; strings and numbers are escaped, null and false give no text. */
export type HtmlPart = Html | string | number | null | false | readonly HtmlPart[];

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for element content and quoted attributes. */
export function escapeHtml(text: string): string {
  // Control characters other than tab and line ends are not allowed in a page.
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "\ufffd")
    .replace(/[&<>"']/g, (char) => ESCAPES[char]);
}

/**
 * Template tag that escapes every value that is not `Html` itself. Attribute values must be quoted in the
 * template.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(markup`<b>${"a < b"}</b>`.text, "<b>a &lt; b</b>");
 * ```
 */
export function markup(strings: TemplateStringsArray, ...parts: HtmlPart[]): Html {
  return new Html(
    strings.map((text, index) => (index === 0 ? "" : render(parts[index - 1])) + text).join(""),
  );
}

function render(part: HtmlPart): string {
  if (part === null || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return part.map(render).join("");
}
