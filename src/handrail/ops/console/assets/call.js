// One call: what was planned and why it was let through, how it goes, and what it says.

import { byId, element, showList } from "./dom.js";
import { Gone, lookAtCall, stopCall } from "./server.js";
import { bytes, clock, seconds, spaced } from "./words.js";

const dialog = byId("call");
let shown = null;

export function openCall(id) {
  shown = id;
  for (const part of ["facts", "steps", "output"]) byId(part).replaceChildren();
  byId("call-title").textContent = "";
  say("");
  askToStop(false);
  byId("stopping").hidden = true;
  dialog.showModal();
  return lookAgain();
}

// Called with every look at the server, for as long as the call is shown.
export async function lookAgain() {
  if (!dialog.open || shown === null) return;
  const id = shown;
  try {
    const call = await lookAtCall(id);
    if (id === shown) showCall(call);
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    byId("stopping").hidden = true;
    say("It ended, and is no longer remembered. The audit has its record.");
  }
}

byId("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => { shown = null; });
byId("stop").addEventListener("click", () => askToStop(true));
byId("stop-not").addEventListener("click", () => askToStop(false));
byId("stop-surely").addEventListener("click", async () => {
  askToStop(false);
  try {
    await stopCall(shown);
    say("It was told to stop.");
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    say("It had ended already.");
  }
  await lookAgain();
});

function askToStop(asking) {
  byId("sure").hidden = !asking;
  byId("stop").hidden = asking;
  if (asking) byId("stop-not").focus();
}

function showCall(call) {
  const runs = call.result === undefined;
  byId("call-title").textContent = call.tool;
  byId("stopping").hidden = !runs;
  if (!runs || call.stage !== "running") say(runs ? `It is ${call.stage}.` : ending(call));
  else if (!byId("call-state").textContent) say("It is running.");
  showList(byId("facts"), [...facts(call)]);
  showSteps(call.steps ?? []);
  showOutput(call.output);
}

const say = (text) => {
  if (byId("call-state").textContent !== text) byId("call-state").textContent = text;
};

function ending(call) {
  if (call.error) return `Refused: ${spaced(call.error.code)}. ${call.error.message}`;
  const code = call.end?.code;
  const how = call.ending === "exited" ? `exited with ${code}` : spaced(call.ending ?? "unknown");
  return `${call.result === "ok" ? "Done" : "Failed"}: ${how}.`;
}

function* facts(call) {
  yield ["Call", element("code", {}, call.call_id)];
  yield ["Caller", [call.caller, ...(call.roles ?? [])].join(", ")];
  if (call.began) yield ["Began", clock(call.began)];
  if (call.seconds !== undefined) yield [call.result ? "Took" : "For", seconds(call.seconds)];
  yield* planned(call);
  if (call.verdict) yield ["Verdict", verdict(call.verdict)];
  if (call.approval) yield ["Approved by", `${call.approval.by}, ${clock(call.approval.at)}`];
  if (call.note) yield ["Note", call.note];
  for (const denial of call.denials ?? []) yield ["Confinement", `${denial.operation}: ${denial.allow}`];
  if (call.tier) yield ["Tier", call.network ? `${call.tier}, with network` : `${call.tier}, no network`];
  if (call.cpu_seconds !== undefined) {
    yield ["Used", `${seconds(call.cpu_seconds)} of processor time, ${bytes(call.max_rss_bytes)} of memory`];
  }
  if (call.trace_id) yield ["Trace", element("code", {}, call.trace_id)];
}

function* planned({ plan }) {
  if (!plan) return;
  const commands = plan.pipe ?? (plan.argv ? [plan.argv] : []);
  for (const words of commands) yield ["Runs", element("code", {}, words.map(quoted).join(" "))];
  if (plan.files) yield ["Works on files", element("code", {}, [plan.files, ...plan.arguments].join(" "))];
  yield ["In", element("code", {}, plan.cwd)];
  if (plan.stdin?.bytes !== undefined) yield ["Reads", bytes(plan.stdin.bytes)];
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function verdict({ decision, rules }) {
  const why = rules.map((rule) => (rule.source ? `${rule.reason} (${rule.source})` : rule.reason));
  return why.length ? `${decision}: ${why.join("; ")}` : decision;
}

function showSteps(steps) {
  const most = Math.max(...steps.map((one) => one.seconds), 1e-9);
  byId("steps").replaceChildren(...(steps.length ? [element("h3", {}, "Steps")] : []), ...steps.map((one) =>
    element("div", { className: "step" }, element("span", {}, one.step),
      element("progress", { max: most, value: one.seconds, "aria-label": one.step }),
      element("span", { className: "number" }, seconds(one.seconds)))));
}

// What was there stays where it is, so that it can be read and selected while more comes.
function showOutput(output) {
  const place = byId("output");
  for (const [stream, told] of Object.entries(output)) {
    let pre = place.querySelector(`pre[data-stream="${stream}"]`);
    if (!pre) {
      place.append(element("h3", { data: { of: stream } }),
        pre = element("pre", { data: { stream }, tabIndex: 0, role: "region", "aria-label": stream }));
    }
    const cut = told.text !== undefined && told.bytes > 32_768 ? ", the last 32 KiB" : "";
    const gone = told.text === undefined && told.bytes > 0 ? ", no longer kept" : "";
    place.querySelector(`h3[data-of="${stream}"]`).textContent = `${stream}: ${bytes(told.bytes)}${cut}${gone}`;
    pre.hidden = !told.text;
    const text = told.text ?? "";
    if (pre.textContent === text) continue;
    const atEnd = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 8;
    pre.textContent = text;
    if (atEnd) pre.scrollTop = pre.scrollHeight;
  }
}
