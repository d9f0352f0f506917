// Policies as cards: switched on and off, their dated terms edited, actions and policies added and removed.

import { html } from "/files/dom.js";
import { actionsOf, namesOf } from "/files/state.js";

let number = 0;

export function showCards(box, given, state, words, changed, rebuilt) {
  const edit = { given, state, changed, rebuilt };
  box.replaceChildren(...namesOf(given, state).map((name, place) => card(edit, name, place, words[name] ?? [])));
}

// What actions say, once the server has put a change into words.
export function sayCards(box, words) {
  for (const each of box.querySelectorAll(".card")) {
    const said = words[each.dataset.policy] ?? [];
    each.querySelectorAll(".action > summary").forEach((summary, place) => {
      if (said[place]) summary.textContent = said[place];
    });
  }
}

function card(edit, name, place, words) {
  const { given, state, changed } = edit;
  const id = `policy-${place}`;
  const isOwn = !(name in given.policies);
  const on = html("input", { type: "checkbox", id, checked: state.on.has(name), disabled: place === 0 });
  const box = html("article", { class: state.on.has(name) ? "card" : "card off", "data-policy": name });
  on.addEventListener("change", () => {
    if (on.checked) state.on.add(name);
    else state.on.delete(name);
    box.classList.toggle("off", !on.checked);
    changed({ policy: name });
  });
  const actions = actionsOf(given, state, name);
  box.append(
    html("h3", {}, on, " ", html("span", { class: `line line${place % 8}`, "aria-hidden": "true" }), " ",
      html("label", { for: id }, name), place === 0 ? html("small", {}, " the baseline") : null),
    actions.length ? "" : html("p", { class: "soft" }, "Nothing is done."),
    ...actions.map((action, at) => actionCard(edit, name, at, words[at] ?? sentence(action))),
    tools(edit, name, isOwn),
  );
  return box;
}

function sentence(action) {
  return `Week ${action.week}: ${action.do.replaceAll("_", " ")}`;
}

function tools({ given, state, rebuilt }, name, isOwn) {
  const kinds = html("select", { "aria-label": `Add an action to ${name}` },
    html("option", { value: "" }, "Add an action …"),
    ...given.kinds.map((kind) => html("option", { value: kind.do }, `${kind.label}: ${kind.about}`)));
  kinds.addEventListener("change", () => {
    own(given, state, name).push(fresh(given, state, name, kinds.value));
    rebuilt(name);
  });
  const copy = html("button", { type: "button", class: "small", "aria-label": `Copy ${name}`, onclick: () => {
    const copied = newName(given, state, `${name}, changed`);
    state.terms[copied] = structuredClone(actionsOf(given, state, name));
    state.on.add(copied);
    rebuilt(copied);
  } }, "Copy");
  const removed = isOwn || name in state.terms;
  const remove = html("button", { type: "button", class: "small", "aria-label": `${isOwn ? "Remove" : "Undo edits of"} ${name}`, onclick: () => {
    delete state.terms[name];
    if (isOwn) state.on.delete(name);
    rebuilt();
  } }, isOwn ? "Remove" : "As in the file");
  return html("p", { class: "cardtools" }, kinds, " ", copy, " ", removed ? remove : null);
}

export function newName(given, state, wanted) {
  const taken = namesOf(given, state);
  let name = wanted;
  for (let count = 2; taken.includes(name); count += 1) name = `${wanted} ${count}`;
  return name;
}

// The list of a policy's actions to be changed: a copy of the file's, once it is.
function own(given, state, name) {
  state.terms[name] ??= structuredClone(given.policies[name] ?? []);
  return state.terms[name];
}

function fresh(given, state, policy, kind) {
  const action = { week: 27, do: kind };
  const named = Object.keys(given.policies).concat(policy)
    .flatMap((name) => actionsOf(given, state, name)).find((each) => each.do === "share_data" || each.name);
  for (const term of given.kinds.find((each) => each.do === kind).terms) {
    if (!term.required || term.name === "week") continue;
    if (term.name === "about") action.about = named ? named.name ?? named.do : "share_data";
    else if (term.choices.length) [action[term.name]] = term.choices;
    else action[term.name] = Math.max(term.least ?? 0, Math.min(term.most ?? 1, 0.1));
  }
  return action;
}

function actionCard(edit, policy, at, words) {
  const { given, state, rebuilt } = edit;
  const action = actionsOf(given, state, policy)[at];
  const terms = given.kinds.find((kind) => kind.do === action.do).terms;
  const isFirst = (term) => term.required || term.name in action || term.name === "fee_per_member_year";
  const inputs = (some) => some.map((term) => entry(edit, policy, at, term));
  const rest = terms.filter((term) => !isFirst(term));
  return html("details", { class: "action" }, html("summary", {}, words), html("div", { class: "terms" },
    ...inputs(terms.filter(isFirst)),
    rest.length ? html("details", {}, html("summary", {}, "More terms"), ...inputs(rest)) : null,
    html("button", { type: "button", class: "small", onclick: () => {
      own(given, state, policy).splice(at, 1);
      rebuilt(policy);
    } }, "Remove this action")));
}

function entry({ given, state, changed }, policy, at, term) {
  number += 1;
  const id = `term-${number}`;
  const value = actionsOf(given, state, policy)[at][term.name] ?? term.usual ?? "";
  const input = inputOf(term, value, id);
  input.addEventListener("change", () => {
    const action = own(given, state, policy)[at];
    const entered = enteredIn(term, input);
    if (entered === null) delete action[term.name];
    else action[term.name] = entered;
    changed({ policy });
  });
  return html("p", { class: "term" }, html("label", { for: id }, term.name.replaceAll("_", " ")), input,
    html("small", { id: `${id}-about` }, term.about));
}

function inputOf(term, value, id) {
  const usual = { id, "aria-describedby": `${id}-about` };
  if (term.kind === "choice") {
    const some = term.required || term.usual !== null ? term.choices : ["", ...term.choices];
    return html("select", usual, ...some.map((each) =>
      html("option", { value: each, selected: each === value }, each.replaceAll("_", " ") || "as usual")));
  }
  if (term.kind === "boolean") return html("input", { ...usual, type: "checkbox", checked: Boolean(value) });
  if (term.kind === "array" || term.kind === "string") return html("input", { ...usual, value: String(value) });
  return html("input", { ...usual, type: "number", value, min: term.least, max: term.most,
    step: term.kind === "integer" ? 1 : "any", placeholder: "left out" });
}

function enteredIn(term, input) {
  if (term.kind === "boolean") return input.checked;
  if (input.value.trim() === "") return null;
  const item = (each) => (term.of === "integer" ? Number(each) : each.trim());
  if (term.kind === "array") return input.value.split(",").map(item);
  return term.kind === "integer" || term.kind === "number" ? Number(input.value) : input.value;
}
