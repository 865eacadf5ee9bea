// Fills the sentences of the page into its HTML.

import { escapeHtml } from "../escape-html.ts";
import * as chart from "./chart.ts";
import * as docs from "./docs.ts";
import * as explanations from "./explanations.ts";
import * as files from "./files.ts";
import * as now from "./now.ts";
import * as page from "./page.ts";
import * as sell from "./sell.ts";
import * as tables from "./tables.ts";

const WORDS = { chart, docs, explanations, files, now, page, sell, tables };

/** Replaces each `{{module.NAME}}`, or `{{module.NAME.key}}`, by that constant of a module of this folder. */
export function fill(html: string): string {
  return html.replaceAll(/\{\{(.*?)\}\}/g, (_, path: string) => escapeHtml(constant(path)));
}

function constant(path: string): string {
  const value = path.split(".").reduce<unknown>((words, key) => (words as Record<string, unknown>)?.[key], WORDS);
  if (typeof value !== "string") throw new Error(`src/words/ has no ${path}`);
  return value;
}
