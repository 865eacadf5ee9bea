// Draws public/preview.png, the picture that other sites show beside a link to the page: mining revenue of three
// miners, from the page's own data but without figures, because the picture stays while they change.
// PAGE=http://127.0.0.1:8080 CHROMIUM=/usr/bin/chromium node preview-picture.mjs

import { chromium } from "@playwright/test";

const { PAGE = "http://127.0.0.1:8080", CHROMIUM: executablePath } = process.env;
const [WIDTH, HEIGHT] = [1_200, 630]; // What most sites show whole.
const [TOP, BOTTOM] = [300, 600]; // Of the lines.
const MINERS = [
  { joulesPerTh: 9.5, colour: "#c3a1f0" },
  { joulesPerTh: 15, colour: "#f5a04c" },
  { joulesPerTh: 30.5, colour: "#6cc4e6" },
];
const POWER = 50; // USD/MWh

const response = await fetch(`${PAGE}/api/v1/series?interval=day&fields=usd_per_ph_day&from=0`);
const hashprices = (await response.json()).columns.usd_per_ph_day.filter((usd) => usd !== null);
const usdPerMwh = (joulesPerTh) => hashprices.map((usd) => (usd * 1_000) / (24 * joulesPerTh));
const most = Math.max(...usdPerMwh(MINERS[0].joulesPerTh));

const y = (usd) => BOTTOM - ((BOTTOM - TOP) * usd) / most;
const path = (values) =>
  values.map((usd, at) => `${at === 0 ? "M" : "L"}${(at * WIDTH) / (values.length - 1)} ${y(usd)}`).join("");
const lines = MINERS.map(
  ({ joulesPerTh, colour }) =>
    `<path d="${path(usdPerMwh(joulesPerTh))}" stroke="${colour}" stroke-width="6" fill="none" stroke-linejoin="round"/>`,
);

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: WIDTH, height: HEIGHT } });
await page.setContent(`<!doctype html><style>body { margin: 0 }</style>
<svg width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" fill="#e6ebf1">
  <rect width="100%" height="100%" fill="#0e1217"/>
  <text x="64" y="130" font-size="88" font-weight="bold">hashlake</text>
  <text x="64" y="200" font-size="42">Bitcoin mining revenue per MWh,</text>
  <text x="64" y="256" font-size="42" fill="#9fadbc">by miner model, for every block</text>
  ${lines.join("")}
  <path d="M0 ${y(POWER)}H${WIDTH}" stroke="#ff9b93" stroke-width="4" stroke-dasharray="14 12"/>
</svg>`);
await page.screenshot({ path: new URL("public/preview.png", import.meta.url).pathname });
await browser.close();
