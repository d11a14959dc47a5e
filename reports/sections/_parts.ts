import { featureSetStyle } from "../feature_sets.ts";
import { Html, markup } from "../html.ts";

/** A table in a frame that scrolls sideways, and can be scrolled with the keyboard. */
export function tableFrame(name: string, table: Html): Html {
  return markup`<div class="scroll" role="region" aria-label="${name}" tabindex="0">${table}</div>`;
}

/** A chart with its caption above and its data below. */
export function chartFigure(
  { title, caption, svg, data }: { title: string; caption: string; svg: string; data: Html },
): Html {
  return markup`<figure><figcaption><strong>${title}</strong>${caption}</figcaption>${new Html(
    svg,
  )}${data}</figure>`;
}

/** The colour of a feature set as a small square, for the eye only. */
export function swatch(set: string): Html {
  return markup`<span class="swatch" style="background:${
    featureSetStyle(set).color
  }" aria-hidden="true"></span>`;
}
