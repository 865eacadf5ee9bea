// The dialog that shares the view: its link, code to embed it, and the chart as files. Loaded when it is opened.

import { byId, el, setText } from "../lib/dom";
import { toQuery, type View } from "../model/view";
import * as words from "../words/share";
import { type EmbedKind, embedCode } from "./embed-code";
import "./share.css";

type Field = HTMLInputElement | HTMLTextAreaElement;

export function openShareDialog(view: View): void {
  const status = el("p", { role: "status" });
  const page = `${location.origin}${location.pathname}`;
  const link = el("input", { type: "text", readonly: true, value: `${page}${toQuery(view)}` });
  const code = el("textarea", { readonly: true, rows: 5 });
  const kind = el(
    "select",
    {},
    ...Object.entries(words.EMBED_KINDS).map(([value, name]) => el("option", { value }, name)),
  );
  const showCode = () => {
    code.value = embedCode(page, view, kind.value as EmbedKind);
  };
  kind.addEventListener("change", showCode);
  showCode();

  const dialog = el(
    "dialog",
    { id: "share-dialog", class: "panel", closedby: "any", "aria-labelledby": "share-title" },
    el("h2", { id: "share-title" }, words.TITLE),
    copyable(words.LINK, link, status),
    ...(byId<HTMLInputElement>("sell-file").value === "" ? [] : [el("p", { class: "hint" }, words.FILE_NOT_IN_LINK)]),
    el(
      "p",
      { class: "controls" },
      el("label", {}, words.EMBED, kind),
      el("a", { href: "docs/embed.html", target: "_blank", rel: "noopener" }, words.EMBED_HELP),
    ),
    copyable(words.CODE, code, status),
    el("p", { class: "controls" }, downloadButton("png", words.IMAGE), downloadButton("csv", words.CSV)),
    status,
    el("form", { method: "dialog" }, el("button", {}, words.CLOSE)),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** A field with its name and a button that copies it. */
function copyable(name: string, field: Field, status: HTMLElement): HTMLElement {
  const button = el("button", { type: "button" }, words.copyName(name));
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      setText(status, words.copied(name));
    } catch {
      field.focus();
      field.select();
      setText(status, words.notCopied(name));
    }
  });
  field.addEventListener("focus", () => field.select());
  return el("div", { class: "copyable" }, el("label", {}, name, field), button);
}

/** The chart's own buttons know what it shows. */
function downloadButton(file: "png" | "csv", name: string): HTMLElement {
  const button = el("button", { type: "button" }, name);
  button.addEventListener("click", () => byId(`chart-${file}`).click());
  return button;
}
