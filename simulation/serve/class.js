// Follows the class: goes on when it goes on, counts who has sealed, shows the time that is left, says when it is lost.
"use strict";

const here = document.getElementById("class");
const lost = document.getElementById("lost");
const closing = document.getElementById("closing");
const living = document.getElementById("living");
const timers = document.querySelectorAll("[data-left]");
const CLOSES = 10; // seconds, as the server waits
let left = timers.length ? Number(timers[0].dataset.left) : 0;
let going = false;
let heard = performance.now();
let closes = null;

function say(name, value) {
  document.querySelectorAll(`[data-${name}]`).forEach((each) => {
    if (each.textContent !== String(value)) each.textContent = value;
  });
}

function clock() {
  const now = performance.now();
  const seconds = Math.round(left - (going ? (now - heard) / 1000 : 0));
  const away = Math.abs(seconds);
  timers.forEach((each) => {
    each.textContent = `${seconds < 0 ? "+" : ""}${Math.floor(away / 60)}:${String(away % 60).padStart(2, "0")}`;
    each.classList.toggle("over", seconds < 0);
  });
  if (closes !== null) say("closing", Math.max(0, Math.ceil((closes - now) / 1000)));
}

async function freshTables() {
  const open = document.querySelector("#tables details[open]");
  if (open) return; // somebody is reading what was sealed, or changing a seat
  const answer = await fetch("/instructor/tables");
  if (answer.ok) document.getElementById("tables").innerHTML = await answer.text();
}

const code = here.dataset.code ? `?code=${here.dataset.code}` : "";
const events = new EventSource(`/changes${code}`);
events.onopen = () => (lost.hidden = true);
events.onerror = () => (lost.hidden = false);
events.onmessage = (event) => {
  const state = JSON.parse(event.data);
  lost.hidden = true;
  const moved = here.dataset.slide !== undefined && state.slide !== Number(here.dataset.slide);
  if (state.phase !== here.dataset.phase || moved) {
    events.close();
    location.reload();
    return;
  }
  [left, going, heard] = [state.left, state.going, performance.now()];
  closes = state.closing ? (closes ?? heard + 1000 * CLOSES) : null;
  closing.hidden = !state.closing || state.living;
  living.hidden = !state.living;
  say("sealed", state.sealed);
  say("of", state.of);
  say("open", state.of - state.sealed);
  clock();
  if (here.dataset.instructor === undefined) return;
  if (state.sealed === state.of && document.querySelector(".close")) location.reload(); // now the round can close at once
  else freshTables();
};
setInterval(clock, 250);
// A form that is sent brings the next page; to load this one again would overtake it.
document.addEventListener("submit", () => events.close());
