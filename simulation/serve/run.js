// Shows a run while it is lived: how far it is, its lines week by week, and its answer when there is one.
"use strict";

const box = document.getElementById("run");
const run = box.dataset.run;
let source = null;
let early = [];

function draw(columns) {
  if (source === null) early.push(columns);
  else source.stream(columns);
}

async function openChart() {
  const item = await (await fetch(`/runs/${run}/chart`)).json();
  await Bokeh.embed.embed_item(item, "chart");
  source = Bokeh.documents[Bokeh.documents.length - 1].get_model_by_name("weeks");
  early.forEach((columns) => source.stream(columns));
  early = [];
}

function say(text) {
  const state = document.getElementById("state");
  if (state.textContent !== text) state.textContent = text;
}

async function showAnswer() {
  const answer = await fetch(`/runs/${run}/answer`);
  document.getElementById("answer").innerHTML = await answer.text();
  box.querySelector(".progress").hidden = true;
  document.getElementById("answered")?.focus();
}

function end(message) {
  box.querySelector(".progress").hidden = true;
  document.getElementById("ended").hidden = false;
  if (message.said) document.getElementById("said").textContent = `: ${message.said}`;
}

function listen() {
  const events = new EventSource(`/runs/${run}/events`);
  events.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.columns) draw(message.columns);
    if (message.place) say(`Waiting: place ${message.place} in the queue`);
    if (message.state === "running") say("Running");
    if (message.percent) document.getElementById("progress").value = message.percent;
    if (["done", "stopped", "failed"].includes(message.state)) events.close();
    if (message.state === "done" && box.dataset.state !== "done") showAnswer();
    if (["stopped", "failed"].includes(message.state)) end(message);
  };
}

// What takes a second or two says so; coming back to the page takes the words away again.
document.addEventListener("click", (event) => {
  event.target.closest("[data-slow]")?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-slow]").forEach((each) => each.removeAttribute("aria-busy"));
});

openChart();
listen();
