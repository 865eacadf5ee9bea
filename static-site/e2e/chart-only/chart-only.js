// A page that draws only the chart: the same three lines of the same hours.

const answer = await fetch("/api/v1/series?interval=hour&fields=usd_per_ph_day,sat_per_ph_day,price_usd,height,blocks");
const { time, columns } = await answer.json();
const line = (e) => columns.usd_per_ph_day.map((usd) => (usd === null ? null : (usd * 1000) / (24 * e)));
const stroke = (colour) => ({ stroke: colour, width: 1.75, points: { show: false } });
new uPlot(
  {
    width: 1240,
    height: 320,
    ms: 1,
    series: [{}, stroke("#0b5c7a"), stroke("#b45309"), stroke("#6b3fa0")],
    hooks: { draw: [() => performance.mark("hashlake:drawn")] },
  },
  [time.map((text) => Date.parse(text)), line(30.5), line(15), line(9.5)],
  document.getElementById("chart"),
);
