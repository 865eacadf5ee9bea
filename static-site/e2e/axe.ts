// What axe finds, by the rules of WCAG 2.2 AA and its best practices.

import type { Page } from "@playwright/test";
import axe from "axe-core";

/** The violations in the whole page, or in one part of it. */
export async function violations(page: Page, part?: string): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (part) => {
    const run = (window as unknown as { axe: typeof axe }).axe.run;
    const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    return (await run(part ?? document, { runOnly: { type: "tag", values } })).violations;
  }, part);
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target}: ${failureSummary}`),
  );
}
