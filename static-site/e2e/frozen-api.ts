// A frozen API: page and test receive the same responses, although blocks keep arriving.

import type { Page } from "@playwright/test";

import type { AsicsJson, BlockJson, BlocksJson, StatusJson, SummaryJson } from "../src/model/api-types";

export type Asic = AsicsJson["asics"][number];

/** The API's responses, each as it was at its first request. */
export class FrozenApi {
  private readonly origin: string;
  private readonly responses = new Map<string, Promise<string>>();

  constructor(origin: string) {
    this.origin = origin;
  }

  text(path: string): Promise<string> {
    const kept = this.responses.get(path);
    if (kept !== undefined) return kept;
    const response = fetch(`${this.origin}/api/v1${path}`).then((response) => {
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return response.text();
    });
    this.responses.set(path, response);
    return response;
  }

  async get<Json>(path: string): Promise<Json> {
    return JSON.parse(await this.text(path)) as Json;
  }

  summary(): Promise<SummaryJson> {
    return this.get("/summary");
  }

  status(): Promise<StatusJson> {
    return this.get("/status");
  }

  async asics(): Promise<readonly Asic[]> {
    return (await this.get<AsicsJson>("/asics")).asics;
  }

  /** The machine of the catalogue with this name. */
  async asic(name: string): Promise<Asic> {
    const found = (await this.asics()).find((asic) => asic.name === name);
    if (found === undefined) throw new Error(`the catalogue has no ${name}`);
    return found;
  }

  async blocks(query: string): Promise<readonly BlockJson[]> {
    return (await this.get<BlocksJson>(`/blocks?${query}`)).blocks;
  }
}

/** From here on no new block arrives: page and test receive the same response to each request. */
export async function freezeApi(page: Page): Promise<FrozenApi> {
  const api = new FrozenApi(process.env.PAGE ?? "");
  await page.route("**/api/v1/**", async (route) => {
    const { pathname, search } = new URL(route.request().url());
    await route.fulfill({
      contentType: "application/json",
      body: await api.text(pathname.replace("/api/v1", "") + search),
    });
  });
  return api;
}
