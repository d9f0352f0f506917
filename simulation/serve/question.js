// Shows how far an answer is, and the answer when there is one.
"use strict";

const events = new EventSource(`${location.pathname}/events`);
events.onmessage = (event) => {
  const message = JSON.parse(event.data);
  const state = document.getElementById("state");
  if (message.place) state.textContent = `Waiting: place ${message.place} in the queue`;
  if (message.state === "running") state.textContent = "Running";
  if (message.percent) document.getElementById("progress").value = message.percent;
  if (["done", "stopped", "failed"].includes(message.state)) {
    events.close();
    location.reload();
  }
};
