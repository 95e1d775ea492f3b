// The page but for a single call.

import { showCharts } from "./charts.js";
import { byId, element, showList, showRows } from "./dom.js";
import { clock, count, seconds, spaced } from "./words.js";

let filter = "";
let seen = null;
byId("filter").addEventListener("input", (event) => {
  filter = event.target.value.trim().toLowerCase();
  if (seen) showRecent(seen.recent);
});

export function showServer(facts, open) {
  seen = { ...facts, open };
  document.title = `${facts.server} · Handrail`;
  byId("server").textContent = facts.server;
  byId("badges").replaceChildren(...badges(facts));
  showList(byId("glance"), glance(facts));
  showRunning(facts.flights);
  showCallers(facts.callers);
  showRefusals(facts.refused);
  showRecent(facts.recent);
  showCharts(facts.rates, facts.seconds);
}

function badges(facts) {
  const badge = (text, kind = "") => element("span", { className: `badge ${kind}` }, text);
  const amiss = facts.failing.map((name) => badge(name === "draining" ? name : `${name} fails`, "bad"));
  const ready = amiss.length ? amiss : [badge("ready", "good")];
  return [...ready, badge(`tier ${facts.tier}`), badge(`pid ${facts.pid}`), badge(`budgets in ${facts.store}`)];
}

function glance(facts) {
  const at = (stage) => facts.flights.filter((one) => one.stage === stage).length;
  const refused = Object.values(facts.refused).reduce((a, b) => a + b, 0);
  return [
    ["Running", count(at("running"))], ["Waiting", count(at("waiting"))],
    ["Planned", count(at("planned"))], ["Done", count(facts.calls)],
    ["Refused", count(refused)], ["Up for", seconds(facts.seconds)],
  ];
}

const nameOf = (call) => ({
  text: call.tool,
  nodes: () => [element("button", {
    type: "button", className: "name", "aria-haspopup": "dialog", onclick: () => seen.open(call.call_id),
  }, call.tool)],
});

function showRunning(flights) {
  byId("no-running").hidden = flights.length > 0;
  showRows(byId("running"), flights, (one) => one.call_id, (one) => [
    nameOf(one), { text: one.caller }, { text: one.stage },
    { text: seconds(one.seconds), className: "number" }, { text: one.command, className: "command" },
  ]);
}

function showRecent(recent) {
  const words = (one) => [one.tool, one.caller, one.verdict, one.ending, one.result, one.command].join(" ");
  const shown = filter ? recent.filter((one) => words(one).toLowerCase().includes(filter)) : recent;
  byId("no-recent").hidden = shown.length > 0;
  byId("no-recent").textContent = recent.length ? "No call is like that." : "No call has ended yet.";
  showRows(byId("recent"), shown, (one) => one.call_id, (one) => [
    nameOf(one), { text: one.caller }, { text: clock(one.began) }, { text: one.verdict ?? "none" },
    { text: ending(one), className: one.result },
    { text: seconds(one.seconds), className: "number" }, { text: one.command, className: "command" },
  ]);
}

const ending = (one) => [spaced(one.ending ?? "unknown"), one.code ?? ""].join(" ").trim();

function showCallers(callers) {
  byId("no-callers").hidden = callers.length > 0;
  const sum = (refused) => Object.values(refused).reduce((a, b) => a + b, 0);
  showRows(byId("callers"), callers, (one) => one.name, (one) => [
    { text: one.name }, ...[one.running, one.waiting, one.calls, sum(one.refused)].map((number) =>
      ({ text: count(number), className: "number" })),
    { text: JSON.stringify(one.used), nodes: () => budgets(one.used) },
  ]);
}

// How much of each budget is gone, and when it begins anew.
function budgets(used) {
  const bounded = Object.entries(used).filter(([, [, limit]]) => limit > 0);
  return bounded.length === 0 ? ["none"] : bounded.map(([name, [spent, limit, left]]) => {
    const share = Math.round((100 * spent) / limit);
    return element("span", { className: "budget" },
      element("meter", { max: limit, value: Math.min(spent, limit), high: limit * 0.8, "aria-label": `${name}: ${share} %` }),
      ` ${name} ${share} %, anew in ${seconds(left)}`);
  });
}

function showRefusals(refused) {
  const codes = Object.entries(refused).sort(([, one], [, other]) => other - one);
  byId("no-refusals").hidden = codes.length > 0;
  byId("refusals").replaceChildren(...codes.map(([code, number]) =>
    element("li", {}, element("code", {}, code), ` ${count(number)}`)));
}
