// A run on a page of its own: how far it is, and its answer when there is one.

import { askWithin } from "/files/ask.js";
import { show } from "/files/show.js";
import { put, showTray } from "/files/tray.js";

const box = document.getElementById("run");
const { run } = box.dataset;
const at = (id) => document.getElementById(id);

async function draw() {
  show(await (await fetch(`/runs/${run}/answer.json`)).json());
}

function listen() {
  const events = new EventSource(`/runs/${run}/events`);
  events.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.place) at("state").textContent = `Waiting: place ${message.place} in the queue`;
    if (message.state === "running") at("state").textContent = "Running";
    if (message.percent) at("progress").value = message.percent;
    if (message.early) show(message.early);
    if (["done", "stopped", "failed"].includes(message.state)) {
      events.close();
      location.reload();
    }
  };
}

if (box.dataset.state === "done") draw();
else if (["waiting", "running"].includes(box.dataset.state)) listen();
at("put")?.addEventListener("click", () => put(run, box.dataset.label, at("tray")));
showTray(at("tray"));
askWithin(at("answer"));
