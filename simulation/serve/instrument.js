// A scenario as an instrument: every change is answered at once, drawn over the state before it.

import { askWithin } from "/files/ask.js";
import { newName, sayCards, showCards } from "/files/cards.js";
import { html } from "/files/dom.js";
import { Live } from "/files/live.js";
import { show } from "/files/show.js";
import { showSliders } from "/files/sliders.js";
import { SIZES, changes, namesOf, read, written } from "/files/state.js";
import { put, showTray } from "/files/tray.js";

const given = JSON.parse(document.getElementById("case").textContent);
const at = (id) => document.getElementById(id);
const live = new Live(given.name, told);
const undone = [];
let state = read(given, location.search);
let current = written(given, state);
let [drawn, label] = [null, ""];
let [answers, before] = [new Map(), new Map()]; // of this state and of the last, by replicates and shoppers
let words = given.words;
let moving = "";

// --- changes ------------------------------------------------------------------------------------------------------

// A slider on its way is one change to be undone, however many values it passes.
function changed({ slider = "", policy = given.about } = {}) {
  const query = written(given, state);
  if (query === current) return;
  if (!slider || slider !== moving) {
    undone.push(current);
    left();
  }
  answers = new Map();
  [moving, current] = [slider, query];
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
  go(policy);
}

// What the state that is left was answered stays as a ghost, if it was.
function left() {
  if (answers.size) before = answers;
  answers = new Map();
}

function go(policy = given.about) {
  at("undo").disabled = !undone.length;
  at("wrong").hidden = true;
  at("further").replaceChildren();
  live.changed(written(given, state, true), [policy, given.about]);
}

function rebuilt(policy = given.about) {
  changed({ policy });
  build();
  const cards = [...document.querySelectorAll(".card")];
  (cards.find((card) => card.dataset.policy === policy)?.querySelector(".action:last-of-type > summary, input") ?? at("undo")).focus();
}

function build() {
  showCards(at("cards"), given, state, words, changed, rebuilt);
  showSliders(at("sliders"), given, state, changed);
  sayScreened();
  at("seed").value = state.sizes.seed;
  at("sizes").replaceChildren(...SIZES.slice(1).map((name) => {
    const input = html("input", { type: "number", min: given.least[name], max: given.most[name], value: state.sizes[name] });
    input.addEventListener("change", () => {
      state.sizes[name] = Number(input.value);
      changed();
    });
    return html("label", {}, name, html("br"), input);
  }));
}

function sayScreened() {
  const drawnOnes = given.drawn ? ` What is not set is drawn anew in each replicate: ${given.drawn}.` : "";
  at("screened").textContent = (given.is_screened
    ? "Those that move the answer most come first, the bar says how much; numbers that do nothing here are left out."
    : "Which numbers act here is being found out; the usual ones meanwhile.") + drawnOnes;
}

function back(query, isUndo) {
  if (!isUndo) undone.push(current);
  state = read(given, query);
  left();
  [current, moving] = [query, ""];
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
  build();
  go();
}

at("undo").addEventListener("click", () => back(undone.pop(), true));
at("reset").addEventListener("click", () => back("", false));
at("share").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    at("told").textContent = at("share").textContent = "Link copied";
  } catch {
    at("told").textContent = at("share").textContent = "The address above is the link";
  }
  setTimeout(() => { at("share").textContent = "Copy link"; }, 2000);
});
at("seed").addEventListener("change", () => {
  state.sizes.seed = Number(at("seed").value);
  changed();
});
at("add").addEventListener("click", () => {
  const name = newName(given, state, at("new-name").value.trim() || "another policy");
  state.terms[name] = [];
  state.on.add(name);
  at("new-name").value = "";
  rebuilt(name);
});

// --- answers ------------------------------------------------------------------------------------------------------

function told(message) {
  if (message.wrong) wrong(message.wrong);
  if (message.small) small(message);
  if (message.early) full(message.early, `The full run so far: ${message.early.replicates} replicates`);
  if (message.place) at("state").textContent = `${label} The full run waits: place ${message.place} in the queue.`;
  if (message.percent) progress(message.percent);
  if (message.full) done(message);
  if (["stopped", "failed"].includes(message.state)) wrong(message.said || "the full run was stopped");
}

function wrong(said) {
  at("wrong").hidden = false;
  at("wrong").textContent = `This cannot be run: ${said}`;
}

function small({ small: answer, words: said, milliseconds }) {
  words = said;
  sayCards(at("cards"), words);
  at("instrument").dataset.milliseconds = Math.round(milliseconds);
  full(answer, `Small run: ${answer.replicates} ${answer.replicates === 1 ? "replicate" : "replicates"} of ${answer.shoppers.toLocaleString("en")} shoppers. A rough answer`);
}

function full(answer, said) {
  label = `${said}.`;
  at("state").textContent = label;
  drawn = withOthers(answer);
  draw(answer);
}

// Two answers are drawn over each other only if the same shoppers lived the same replicates.
function draw({ replicates, shoppers }) {
  const kind = `${replicates} ${shoppers}`;
  answers.set(kind, drawn);
  show(drawn, before.get(kind) ?? null);
}

function coloured(found) {
  const every = namesOf(given, state);
  return { ...found, policies: found.policies.map((policy) => ({ ...policy, colour: every.indexOf(policy.name) })) };
}

// Policies that are still on their way stand as they were, pale.
function withOthers(found) {
  const every = namesOf(given, state);
  const answer = coloured(found);
  const places = new Map(drawn?.policies.map((policy, place) => [policy.name, place]));
  const fresh = new Map(answer.policies.map((policy, place) => [policy.name, place]));
  const names = every.filter((name) => state.on.has(name) && (fresh.has(name) || places.has(name)));
  if (!drawn || names.length === answer.policies.length) return answer;
  const pick = (now, before) => names.map((name) => (fresh.has(name) ? now[fresh.get(name)] : { ...before[places.get(name)], pale: true }));
  const lines = answer.lines.lines.map((line, k) => ({ ...line, policies: pick(line.policies, drawn.lines.lines[k].policies) }));
  return { ...answer, policies: pick(answer.policies, drawn.policies), lines: { ...answer.lines, lines } };
}

function progress(percent) {
  at("progress").hidden = false;
  at("progress").value = percent;
  at("state").textContent = `${label} The full run is on its way.`;
}

async function done({ full: answer, run }) {
  at("progress").hidden = true;
  full(answer, `Full run: ${answer.replicates} replicates of ${answer.shoppers.toLocaleString("en")} shoppers, seed ${answer.seed}`);
  const more = await (await fetch(`/runs/${run}/answer`)).text();
  const page = new DOMParser().parseFromString(more, "text/html");
  const keepIt = html("button", { type: "button", onclick: () => put(run, [given.title, ...changes(given, state)].join("; "), at("tray")) }, "Put this run into the tray");
  at("further").replaceChildren(html("p", {}, keepIt, " ", html("a", { href: `/runs/${run}` }, "This run on a page of its own")), ...page.body.childNodes);
}

// Sliders change their places once, when all numbers have been tried, and never under somebody's hand.
async function refreshNumbers() {
  const fresh = await (await fetch(`/scenarios/${encodeURIComponent(given.name)}/numbers`)).json();
  if (!fresh.is_screened || document.activeElement?.closest?.("#sliders")) {
    setTimeout(refreshNumbers, 5000);
    return;
  }
  Object.assign(given, fresh);
  showSliders(at("sliders"), given, state, changed);
  sayScreened();
}

// What the first change will be drawn over.
async function first() {
  const mine = live.turn;
  const found = await live.unchanged(written(given, state, true));
  if (found && mine === live.turn) answers.set(`${found.replicates} ${found.shoppers}`, coloured(found));
}

// What a scenario says as it is has been lived for everybody; only what is asked otherwise is lived anew.
async function open() {
  if (!current) {
    const answer = await (await fetch(`/scenarios/${encodeURIComponent(given.name)}/picture`)).json();
    if (current) return;
    small({ small: answer, words, milliseconds: 0 });
    live.isFull = live.turn + 1;
    go();
    first();
    return;
  }
  go();
}

at("instrument").hidden = false;
build();
showTray(at("tray"));
askWithin(at("further"));
open();
if (!given.is_screened) setTimeout(refreshNumbers, 5000);
