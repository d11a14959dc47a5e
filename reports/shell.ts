import { Html, type HtmlPart, markup } from "./html.ts";
import css from "./style.css" with { type: "text" };

/** The parts of a page. */
export interface PageParts {
  /** In the browser's tab. */
  readonly title: string;
  readonly heading: string;
  /** Below the heading. */
  readonly meta: HtmlPart;
  /** Below the contents. */
  readonly notices: HtmlPart;
  readonly sections: readonly (readonly [id: string, title: string, content: Html])[];
  readonly footer: string;
}

/** A whole page in one file: styles stand in it, nothing is fetched and no script runs. */
export function htmlPage({ title, heading, meta, notices, sections, footer }: PageParts): string {
  const [first] = sections;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>
${new Html(css)}</style>
</head>
<body>
<a class="skip" href="#${first[0]}">Skip to ${first[1]}</a>
<header>
<h1>${heading}</h1>
${meta}
<nav aria-label="Contents"><ul>${
    sections.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)
  }</ul></nav>
${notices}
</header>
<main>
${
    sections.map(([id, title, content]) =>
      markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${content}
</section>
`
    )
  }</main>
<footer><p>${new Html(footer)}</p></footer>
</body>
</html>
`.text;
}
