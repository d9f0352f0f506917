// Follows the class: goes on when it goes on, counts who has sealed, and keeps the instructor's tables fresh.
"use strict";

const here = document.getElementById("class");

function say(name, value) {
  document.querySelectorAll(`[data-${name}]`).forEach((each) => {
    if (each.textContent !== String(value)) each.textContent = value;
  });
}

async function freshTables() {
  const open = document.querySelector("#tables details[open]");
  if (open) return; // somebody is reading what was sealed
  const answer = await fetch("/instructor/tables");
  if (answer.ok) document.getElementById("tables").innerHTML = await answer.text();
}

const events = new EventSource("/changes");
events.onmessage = (event) => {
  const state = JSON.parse(event.data);
  if (state.phase !== here.dataset.phase) {
    events.close();
    location.reload();
    return;
  }
  say("sealed", state.sealed);
  say("of", state.of);
  if (here.dataset.instructor !== undefined) freshTables();
};
// A form that is sent brings the next page; to load this one again would overtake it.
document.addEventListener("submit", () => events.close());
