// The page: asks the API every few seconds, and shows what it says.

import { drawChart } from "./chart.js";

const POLL_MS = 5_000;
const TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;
const OLD_BLOCK_SECONDS = 2 * 3_600; // A block comes every ten minutes; an hour without one is rare.
const HOURLY = { interval: "hour", gap: 6 * 3_600_000 }; // Hours without a block are no gap.
const DAILY = { interval: "day", gap: 2 * DAY_MS };
const SOURCES = { coingecko: "CoinGecko" };
const UNKNOWN = "–";

const shown = { summary: null, status: null, at: 0, days: 30, chart: null, chartOf: "" };

// Numbers and times as text

const digits = (decimals) => new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
const whole = digits(0);
const cents = digits(2);
const percent = new Intl.NumberFormat("en-US", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const signedPercent = new Intl.NumberFormat("en-US", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});

const known = (value, text) => (value === null ? UNKNOWN : text(value));
const usdPerMwh = (usdPerPhDay, joulesPerTh) => (usdPerPhDay === null ? null : (usdPerPhDay * 1000) / (24 * joulesPerTh));
const btc = (sat) => `${digits(8).format(sat / 1e8)} BTC`;

function ageText(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  if (seconds < 48 * 3_600) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${whole.format(Math.floor(seconds / 86_400))} days`;
}

// What the API says

async function ask(path) {
  const response = await fetch(`/api/v1/${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => {
    throw new Error("the server does not answer");
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null) throw new Error(answer?.detail ?? `the server's answer is not readable (status ${response.status})`);
  return answer;
}

async function update() {
  const message = document.getElementById("message");
  try {
    [shown.summary, shown.status] = await Promise.all([ask("summary"), ask("status")]);
    shown.at = Date.now();
    showSummary(shown.summary);
    await updateChart();
    message.hidden = true;
  } catch (error) {
    const data = shown.summary ? "What is shown is no longer up to date" : "Nothing to show yet";
    setText(message, `${data}: ${error.message}. Trying again every ${POLL_MS / 1_000} s.`);
    message.hidden = false;
  }
  showAges();
}

async function updateChart() {
  const { days, summary } = shown;
  const chartOf = [days, summary.block.hash, summary.price_usd].join();
  if (chartOf === shown.chartOf) return;
  const { interval, gap } = days ? HOURLY : DAILY;
  const from = days ? new Date(Date.parse(summary.block.median_time) - days * DAY_MS).toISOString() : "0";
  const { time, columns } = await ask(`series?interval=${interval}&fields=usd_per_ph_day&from=${from}`);
  if (days !== shown.days) return; // Another range was chosen while this one was on its way.
  shown.chart = { times: time.map(Date.parse), hashprices: columns.usd_per_ph_day, gap };
  shown.chartOf = chartOf;
  showChart();
}

// What is shown of it

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setFields(root, texts) {
  for (const [name, text] of Object.entries(texts)) setText(root.querySelector(`[data-field="${name}"]`), text);
}

function showSummary(summary) {
  const { block } = summary;
  setFields(document.getElementById("newest"), {
    height: whole.format(block.height),
    reward: btc(block.reward_sat),
    fees: btc(block.fees_sat),
    fee_share: known(block.fee_share, percent.format),
    price: known(summary.price_usd, (usd) => `${whole.format(usd)} USD/BTC${summary.price_final ? "" : " (provisional)"}`),
    hashprice: known(summary.usd_per_ph_day, (usd) => `${cents.format(usd)} USD/PH/day`),
    hashprice_sat: `${whole.format(summary.sat_per_ph_day)} sat/PH/day`,
    difficulty: `${cents.format(summary.difficulty / 1e12)} T`,
    hashrate: known(summary.network_hashrate_hs, (rate) => `${whole.format(rate / 1e18)} EH/s`),
  });
  const machines = document.getElementById("machines");
  summary.asics.forEach((asic, at) => showMachine(machines.children[at] ?? addMachine(machines), asic));
  showSource(summary.price_source);
}

function addMachine(machines) {
  machines.append(document.getElementById("machine").content.cloneNode(true));
  return machines.lastElementChild;
}

function showMachine(tile, asic) {
  setFields(tile, {
    name: asic.name,
    efficiency: `${digits(1).format(asic.efficiency_j_per_th)} J/TH`,
    usd_per_mwh: known(asic.usd_per_mwh, cents.format),
    sat_per_mwh: whole.format(asic.sat_per_mwh),
  });
  for (const [time, change] of Object.entries(asic.change)) {
    const field = tile.querySelector(`[data-field="${time}"]`);
    setText(field, known(change, signedPercent.format));
    field.className = change > 0 ? "up" : change < 0 ? "down" : "";
  }
}

function showSource(source) {
  const text = source === null ? "No price is known for the newest block." : `BTC/USD prices by ${SOURCES[source] ?? source}.`;
  setText(document.getElementById("source"), text);
}

function showChart() {
  if (!shown.chart) return;
  const { times, hashprices, gap } = shown.chart;
  const lines = shown.summary.asics.map((asic, at) => ({
    class: `series-${at}`,
    name: asic.name,
    values: hashprices.map((usd) => usdPerMwh(usd, asic.efficiency_j_per_th)),
  }));
  const isEmpty = hashprices.every((usd) => usd === null);
  const message = document.getElementById("chart-message");
  setText(message, "No priced blocks in this time.");
  message.hidden = !isEmpty;
  const chart = document.getElementById("chart");
  chart.toggleAttribute("hidden", isEmpty);
  if (isEmpty) return;
  drawChart(chart, { times, lines, unit: "USD/MWh", gap });
  showLegend(lines);
}

function showLegend(lines) {
  const legend = document.getElementById("legend");
  const items = lines.map((line) => {
    const item = document.createElement("li");
    item.className = line.class;
    item.textContent = line.name;
    return item;
  });
  legend.replaceChildren(...items);
}

function showAges() {
  if (!shown.status) return setText(document.getElementById("updated"), "");
  const since = (Date.now() - shown.at) / 1_000;
  const age = shown.status.tip.age_seconds + since;
  const field = document.querySelector('[data-field="age"]');
  setText(field, ageText(age));
  field.className = age > OLD_BLOCK_SECONDS ? "down" : "";
  setText(document.getElementById("updated"), `updated ${ageText(since)} ago`);
}

function chooseRange(button) {
  for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
  shown.days = Number(button.dataset.days);
  update();
}

async function poll() {
  if (!document.hidden) await update();
  setTimeout(poll, POLL_MS);
}

for (const button of document.querySelectorAll("#ranges button")) button.addEventListener("click", () => chooseRange(button));
new ResizeObserver(showChart).observe(document.getElementById("chart"));
setInterval(showAges, 1_000);
poll();
