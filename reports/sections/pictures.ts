import type { PictureSheet, RecordedPicture } from "../../bench/records/mod.ts";
import { byParadigm, type Group, paradigmLabel } from "../groups.ts";
import { type Html, markup } from "../html.ts";
import { base64Bytes, pngDataUri } from "../images.ts";
import type { LoadedPictures, LoadedRun } from "../types.ts";

/** Pictures of the paradigms: augmentations, masks and reconstructions, samples. */
export function picturesSection(run: LoadedRun, groups: readonly Group[]): Html | null {
  const parts = byParadigm(groups).map((part) => ({
    name: part[0].paradigm === null ? "Paradigm not recorded" : paradigmLabel(part[0]),
    cells: part.flatMap((group) => firstWithPictures(group, run.pictures)),
  })).filter(({ cells }) => cells.length > 0);
  if (parts.length === 0) return null;
  return markup`<p>For the eye, one seed of each cell: nothing here is chosen for its looks, and nothing is measured on it.</p>
${
    parts.map(({ name, cells }) => {
      const [first, ...others] = cells;
      return markup`<h3>${name[0].toUpperCase()}${name.slice(1)}</h3>
${cellSheets(first)}${
        others.map((cell) =>
          markup`<details><summary>The same, trained on ${cell.group.label}</summary>${
            cellSheets(cell)
          }</details>
`
        )
      }`;
    })
  }`;
}

interface CellPictures {
  readonly group: Group;
  readonly seed: number;
  readonly sheets: readonly PictureSheet[];
}

/** The pictures of the group's first seed that has any. */
function firstWithPictures(group: Group, pictures: readonly LoadedPictures[]): CellPictures[] {
  for (const { record } of group.done) {
    const sheets = pictures.filter(({ cell }) => cell === record.cell)
      .flatMap(({ content }) => content.sheets);
    if (sheets.length > 0) return [{ group, seed: record.seed, sheets }];
  }
  return [];
}

function cellSheets({ group, seed, sheets }: CellPictures): Html[] {
  return sheets.map((sheet) => {
    const name = `${sheet.title}, trained on ${group.label}, seed ${seed}`;
    return markup`<figure><figcaption><strong>${sheet.title}</strong>${
      sheet.caption && `${sheet.caption.replace(/\.$/, "")}. `
    }Encoder trained on ${group.label}, seed ${seed}.</figcaption>
<div class="scroll" role="region" aria-label="Pictures: ${name}" tabindex="0"><table class="grid"><caption class="unseen">${name}</caption>
${
      sheet.rows.map(({ label, images }) =>
        markup`<tr><th scope="row">${label}</th>${
          images.map((image, index) => cell(image, `${label}, ${index + 1} of ${images.length}`))
        }</tr>
`
      )
    }</table></div></figure>
`;
  });
}

function cell({ height, width, rgb }: RecordedPicture, alt: string): Html {
  const src = pngDataUri(base64Bytes(rgb), { height, width });
  return markup`<td><img width="${width}" height="${height}" src="${src}" alt="${alt}"></td>`;
}
