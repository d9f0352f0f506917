// Runs that somebody has put aside to compare; the browser keeps them.

import { html } from "/files/dom.js";

const KEY = "tray";
const MOST = 4;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

function keep(runs, box) {
  localStorage.setItem(KEY, JSON.stringify(runs));
  showTray(box);
}

export function put(run, label, box) {
  keep([...kept().filter((each) => each.run !== run), { run, label }].slice(-MOST), box);
}

export function showTray(box) {
  const runs = kept();
  if (!runs.length) {
    box.replaceChildren();
    return;
  }
  const query = new URLSearchParams(runs.map(({ run }) => ["run", run]));
  box.replaceChildren(
    html("h2", {}, `Tray: ${runs.length} of ${MOST} runs to compare`),
    html("ul", {}, ...runs.map(({ run, label }) => html("li", {}, html("a", { href: `/runs/${run}` }, label), " ",
      html("button", { type: "button", class: "small", "aria-label": `Take ${label} out of the tray`, onclick: () => keep(kept().filter((each) => each.run !== run), box) }, "×")))),
    runs.length > 1 ? html("p", {}, html("a", { class: "button", href: `/compare?${query}` }, "Compare side by side")) : html("p", { class: "soft" }, "Put another run into the tray to compare them."),
  );
}
