// HTML that shows a view in a frame of another page.

import { toQuery, type View } from "../model/view";
import { type EMBED_KINDS, FRAME_TITLE } from "../words/share";

export type EmbedKind = keyof typeof EMBED_KINDS;

/** `page` is the address of the page without its query. */
export function embedCode(page: string, view: View, embed: EmbedKind): string {
  const address = `${page}${toQuery({ ...view, embed })}`.replaceAll("&", "&amp;");
  const height = heightOf(embed, view.asics.length);
  return `<iframe src="${address}" width="100%" height="${height}" style="border:0" loading="lazy" title="${FRAME_TITLE}"></iframe>`;
}

/** Pixels that suffice in a column of text. */
function heightOf(embed: EmbedKind, machines: number): number {
  return embed === "chart" ? Math.max(400, 300 + 30 * machines) : 100 + 250 * Math.ceil(machines / 3);
}
