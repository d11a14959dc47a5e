import { type Html, markup } from "./html.ts";

/** Whether a path stays inside the run folder: relative, without "..", a scheme or a backslash. */
export function isInside(path: string): boolean {
  return path !== "" && !/^[/~]|[\\:]/.test(path) && !path.split("/").includes("..");
}

/** Links to files of the run, from a page that may lie outside the run folder. */
export interface Links {
  /** A link to a file of the run folder; only its text where the path leaves that folder. */
  readonly to: (path: string, text: string, name?: string) => Html;
}

/**
 * @param base Relative path from the page's folder to the run folder, empty or ending in a slash.
 */
export function links(base: string): Links {
  return {
    to(path, text, name = "") {
      if (!isInside(path)) return markup`${text}`;
      const href = (base + path).split("/").map(encodeURIComponent).join("/");
      return name
        ? markup`<a href="${href}" aria-label="${name}">${text}</a>`
        : markup`<a href="${href}">${text}</a>`;
    },
  };
}
