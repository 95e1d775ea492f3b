// The last minutes as two charts. Each also says in words what it shows.
/* global uPlot */

import { byId } from "./dom.js";
import { count, seconds } from "./words.js";

const HOUR = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const charts = new Map();
const scheme = matchMedia("(prefers-color-scheme: dark)");
scheme.addEventListener("change", () => {
  charts.forEach((chart) => chart.destroy());
  charts.clear();
});

// Of the time before the server began, only as much as a chart needs to be one.
export function showCharts(told, uptime) {
  const spans = Math.max(24, Math.ceil(uptime / told.span_seconds) + 1);
  const rates = { span_seconds: told.span_seconds };
  for (const name of ["calls", "failed", "refused", "median", "p95"]) rates[name] = told[name].slice(-spans);
  const now = Math.floor(Date.now() / 1000);
  const times = rates.calls.map((_, at) => now - (rates.calls.length - 1 - at) * rates.span_seconds);
  const aMinute = (numbers) => numbers.map((number) => (number * 60) / rates.span_seconds);
  draw("calls-chart", [times, aMinute(rates.calls), aMinute(rates.failed), aMinute(rates.refused)], [
    { label: "done", stroke: colour("--first"), width: 2 },
    { label: "failed", stroke: colour("--warn"), width: 2, dash: [6, 4] },
    { label: "refused", stroke: colour("--bad"), width: 2, dash: [2, 3] },
  ]);
  draw("times-chart", [times, rates.median, rates.p95], [
    { label: "median", stroke: colour("--first"), width: 2, points: { show: true, size: 4 } },
    { label: "95 %", stroke: colour("--second"), width: 2, dash: [6, 4], points: { show: true, size: 4 } },
  ]);
  describe(rates);
}

function draw(id, data, series) {
  const place = byId(id);
  const width = Math.max(200, Math.floor(place.clientWidth));
  const chart = charts.get(id);
  if (!chart) {
    charts.set(id, new uPlot({
      width, height: 190, series: [{}, ...series], cursor: { drag: { x: false, y: false } },
      axes: [{ ...axis(), values: (_, times) => times.map(hour), incrs: [60, 300, 900] }, { ...axis(), size: 56 }], scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
    }, data, place));
    return;
  }
  if (chart.width !== width) chart.setSize({ width, height: 190 });
  chart.setData(data);
}

const hour = (time) => HOUR.format(new Date(time * 1000));

const axis = () => ({ stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } });

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function describe(rates) {
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const minutes = Math.ceil((rates.calls.length * rates.span_seconds) / 60);
  byId("calls-chart").ariaLabel =
    `In the last ${minutes} minutes ${count(sum(rates.calls))} calls were done, of which ` +
    `${count(sum(rates.failed))} failed; ${count(sum(rates.refused))} were refused.`;
  const last = rates.median.findLastIndex((one) => one !== null);
  byId("times-chart").ariaLabel = last < 0
    ? `No call ended in the last ${minutes} minutes.`
    : `Lately half of the calls took less than ${seconds(rates.median[last])}, ` +
      `and 95 % less than ${seconds(rates.p95[last])}.`;
}
