// Questions are asked and answered within the page: what takes long says how far it is.

import { html } from "/files/dom.js";

export function askWithin(box) {
  box.addEventListener("submit", (event) => {
    const form = event.target.closest("form.ask");
    if (!form) return;
    event.preventDefault();
    let place = form.closest(".within") ?? form.parentElement.querySelector(".within");
    if (!place) {
      place = html("div", { class: "within", tabindex: -1 });
      form.after(place);
    }
    ask(form, place);
  });
}

async function ask(form, place) {
  const fields = new URLSearchParams(new FormData(form));
  place.replaceChildren(html("p", { role: "status" }, "Asked."));
  const isGet = form.method === "get";
  const address = isGet ? `${form.action}?${fields}` : form.action;
  const answer = await fetch(address, isGet ? {} : { method: "POST", body: fields });
  show(await answer.text(), answer.url, place);
}

function show(text, address, place) {
  const page = new DOMParser().parseFromString(text, "text/html").getElementById("content");
  if (!page) {
    place.replaceChildren(html("p", { class: "wrong", role: "alert" }, text));
    return;
  }
  page.querySelectorAll("script, .back").forEach((each) => each.remove());
  page.querySelectorAll("h1").forEach((each) => each.replaceWith(html("h3", {}, each.textContent)));
  place.replaceChildren(...page.childNodes);
  if (place.querySelector("progress")) listen(address, place);
  else place.focus();
}

function listen(address, place) {
  const events = new EventSource(`${address}/events`);
  events.onmessage = async (event) => {
    const message = JSON.parse(event.data);
    const state = place.querySelector("[role=status]");
    if (message.place) state.textContent = `Waiting: place ${message.place} in the queue`;
    if (message.state === "running") state.textContent = "Running";
    if (message.percent) place.querySelector("progress").value = message.percent;
    if (["done", "stopped", "failed"].includes(message.state)) {
      events.close();
      show(await (await fetch(address)).text(), address, place);
    }
  };
}
