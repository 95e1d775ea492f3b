// Who is signed in sees the server, anew every second as long as the page is looked at.

import { lookAgain, openCall } from "./call.js";
import { byId } from "./dom.js";
import { showServer } from "./overview.js";
import { SignedOut, forget, isKnown, lookAtServer, remember } from "./server.js";

const EVERY_MS = 1000;
let next = null;

async function look() {
  clearTimeout(next);
  if (!isKnown()) return showDoor();
  try {
    const facts = await lookAtServer();
    if (!isKnown()) return;
    showInside();
    showServer(facts, openCall);
    await lookAgain();
    notice("");
  } catch (error) {
    if (error instanceof SignedOut) return refused();
    notice("The server does not answer. What you see may be old; trying again.");
  }
  if (!document.hidden) next = setTimeout(look, EVERY_MS);
}

function showDoor() {
  byId("inside").hidden = byId("leave").hidden = true;
  byId("door").hidden = false;
  byId("token").focus();
}

function showInside() {
  byId("door").hidden = true;
  byId("inside").hidden = byId("leave").hidden = false;
}

function refused() {
  forget();
  byId("call").close();
  byId("wrong").textContent = "That token does not open this server. A new start of it makes a new one.";
  notice("");
  showDoor();
}

function notice(text) {
  if (byId("notice").textContent !== text) byId("notice").textContent = text;
}

byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("wrong").textContent = "";
  remember(byId("token").value.trim());
  byId("token").value = "";
  look();
});

byId("leave").addEventListener("click", () => {
  forget();
  byId("badges").replaceChildren();
  byId("server").textContent = document.title = "Handrail";
  look();
});

document.addEventListener("visibilitychange", () => document.hidden || look());

function takeToken() {
  const brought = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!brought) return;
  remember(brought);
  // It is in no history, and is not copied with the address.
  history.replaceState(null, "", location.pathname);
}

addEventListener("hashchange", () => { takeToken(); look(); });
takeToken();
look();
