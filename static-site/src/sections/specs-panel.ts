// The panel with a machine's figures and sources: loaded when it is opened.

import { byId, el, setText } from "../lib/dom";
import { plain } from "../lib/format";
import { specsOf } from "../words/tables";
import type { MachineRow } from "./machine-rows";

export function showSpecs({ name, source, hashrate, power }: MachineRow): void {
  setText(byId("machine-source-title"), specsOf(name));
  setText(byId("machine-source-figures"), `${plain(hashrate)} TH/s, ${plain(power)} W`);
  byId("machine-source-parts").replaceChildren(
    ...sourceParts(source ?? "").map((pieces) => el("li", {}, ...pieces.map(pieceNode))),
  );
}

/** A piece of text; `href` is null if it is not a link. */
export type SourcePiece = { readonly text: string; readonly href: string | null };

/** The parts of a machine's source, each split into links and plain text. */
export function sourceParts(source: string): readonly (readonly SourcePiece[])[] {
  const parts = source.split(";").map((part) => part.trim());
  return parts
    .filter((part) => part !== "")
    .map((part) => {
      const pieces: SourcePiece[] = [];
      let end = 0;
      for (const { 0: text, index } of part.matchAll(LINK)) {
        if (index > end) pieces.push({ text: part.slice(end, index), href: null });
        pieces.push({ text, href: text.startsWith("http") ? text : `https://${text}` });
        end = index + text.length;
      }
      if (end < part.length) pieces.push({ text: part.slice(end), href: null });
      return pieces;
    });
}

// A URL, or a GitHub repository without https://. Punctuation and brackets at its end are not part
// of it.
const LINK = /https?:\/\/[^\s<>"]*[^\s<>".,:)\]]|(?<![\w./-])github\.com\/[\w.-]+\/[\w.-]*\w/g;

function pieceNode({ text, href }: SourcePiece): Node | string {
  return href === null ? text : el("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
}
