// The pages of `docs/` as HTML.

import { Marked, type Token, type Tokens } from "marked";
import { escapeHtml } from "../escape-html.ts";
import * as words from "../words/docs.ts";

/** The pages in the order of their navigation: a file of `docs/`, and its name there. */
export const PAGES: readonly (readonly [file: string, label: string])[] = Object.entries(words.PAGES).map(
  ([name, label]) => [`${name}.md`, label],
);

/** The file of the built site for a file of `docs/`: `README.md` is its index, as on GitHub. */
export function htmlFile(markdownFile: string): string {
  return markdownFile === "README.md" ? "index.html" : markdownFile.replace(/\.md$/, ".html");
}

/** The id of a heading, as GitHub makes it. */
export function headingId(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** Paths of the stylesheet and the icon, relative to the page. */
export type Assets = { readonly stylesheet: string; readonly icon: string | null };

/** A whole page from its Markdown. */
export function pageOf(file: string, markdown: string, { stylesheet, icon }: Assets): string {
  const tokens = marked.lexer(markdown);
  const title = plainText(tokens.find((token) => token.type === "heading"));
  const summary = plainText(tokens.find((token) => token.type === "paragraph"));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="description" content="${escapeHtml(summary)}">
    <title>${escapeHtml(words.pageTitle(title))}</title>
${icon === null ? "" : `    <link rel="icon" href="${icon}" type="image/svg+xml">\n`}    <link rel="stylesheet" href="${stylesheet}">
  </head>
  <body>
    <a class="skip" href="#text">${words.SKIP}</a>
    <header>
      <a class="home" href="../">hashlake</a>
      <nav aria-label="${words.NAVIGATION}">
        <ul>
${PAGES.map((page) => `          <li>${navigationLink(page, file)}</li>`).join("\n")}
        </ul>
      </nav>
    </header>
    <main id="text">
${scrollable(marked.parser(tokens))}    </main>
  </body>
</html>
`;
}

/** Addresses of the API that need no parameters: a link in a page, and only text in the Markdown on GitHub. */
const OPENED_AS_THEY_ARE = ["/api/v1/status", "/api/v1/openapi.json"];

const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${headingId(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    code({ text, lang }) {
      if (lang !== "calc" && lang !== "text") return false;
      const lines = text.split("\n").map((line) => `<span>${escapeHtml(line)}</span>`);
      return `<pre><code class="lines">${lines.join("")}</code></pre>\n`;
    },
    codespan({ text }) {
      const code = `<code>${escapeHtml(text)}</code>`;
      return OPENED_AS_THEY_ARE.includes(text) ? `<a href="..${text}">${code}</a>` : code;
    },
    link({ href, tokens }) {
      const [, file = "", fragment = ""] = /^([\w-]+\.md)(#.*)?$/.exec(href) ?? [];
      const target = file === "" ? href : htmlFile(file) + fragment;
      return `<a href="${escapeHtml(target)}">${this.parser.parseInline(tokens)}</a>`;
    },
  },
});

function navigationLink([file, label]: readonly [string, string], current: string): string {
  return `<a href="${htmlFile(file)}"${file === current ? ' aria-current="page"' : ""}>${label}</a>`;
}

/** Tables and code scroll within themselves, also with the keyboard. */
function scrollable(html: string): string {
  return html
    .replaceAll("<table>", `<div class="scroll" role="group" aria-label="${words.TABLE}" tabindex="0"><table>`)
    .replaceAll("</table>", "</table></div>")
    .replaceAll("<pre>", `<pre role="group" aria-label="${words.CODE}" tabindex="0">`);
}

function plainText(token: Token | undefined): string {
  const inner = (token as Tokens.Generic | undefined)?.tokens;
  return inner === undefined ? ((token as Tokens.Text | undefined)?.text ?? "") : inner.map(plainText).join("");
}
