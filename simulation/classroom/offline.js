// A lesson in one file: what is sealed stays in this browser and opens what comes after it.
"use strict";

const facts = JSON.parse(document.body.dataset.facts);
const place = `aislefour-${facts.name}`;
const said = restored();

function restored() {
  try {
    return JSON.parse(localStorage.getItem(place)) ?? {};
  } catch {
    return {}; // a browser that keeps nothing for files: the lesson goes on until the page is closed
  }
}

function keep() {
  try {
    localStorage.setItem(place, JSON.stringify(said));
  } catch {
    return;
  }
}

function show(name, value) {
  document.querySelectorAll(`[data-${name}]`).forEach((each) => {
    each.hidden = each.dataset[name] !== String(value);
    each.querySelectorAll("input[name=respond], input[name=move]").forEach((input) => (input.disabled = each.hidden));
  });
}

function step(name, isOpen) {
  document.querySelector(`[data-step=${name}]`).hidden = !isOpen;
}

function distances(round) {
  return said[round].chances.map((chance, question) => (chance - Number(facts[round][question])) ** 2);
}

function score(rounds) {
  const all = rounds.flatMap(distances);
  return (all.reduce((sum, each) => sum + each, 0) / all.length).toFixed(3);
}

function draw() {
  const rounds = ["decide", "respond"].filter((round) => said[round]);
  if (said.role !== undefined) show("role", said.role);
  document.getElementById("role").value = said.role ?? "";
  document.getElementById("role").disabled = rounds.length > 0;
  if (said.decide) show("choice", said.decide.decision);
  step("decide", said.role !== undefined && !said.decide);
  step("reveal", Boolean(said.decide));
  step("respond", Boolean(said.decide) && !said.respond);
  step("outcome", Boolean(said.respond));
  rounds.forEach((round) => (document.querySelector(`[data-sealed=${round}]`).textContent = said[round].words));
  if (said.decide) document.querySelector("[data-score=decide]").textContent = score(["decide"]);
  if (said.respond) document.querySelector("[data-score=both]").textContent = score(rounds);
}

document.getElementById("role").addEventListener("change", (event) => {
  if (event.target.value === "") return;
  said.role = event.target.value;
  keep();
  draw();
});

document.querySelectorAll("form[data-round]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector(`input[name=${form.dataset.round}]:checked`);
    const chances = [...form.querySelectorAll("[data-question]")].map((each) => {
      const sure = Number(each.querySelector("select").value) / 100;
      return each.querySelector("input:checked").value === "1" ? sure : 1 - sure;
    });
    const move = form.querySelector("input[name=move]:checked:not(:disabled)");
    const named = [chosen, move].filter(Boolean).map((each) => each.closest("label").querySelector("strong").textContent);
    const words = named.join("; in your own role: ");
    said[form.dataset.round] = { decision: chosen.value, words, chances };
    keep();
    draw();
    document.querySelector(`[data-step=${form.dataset.round === "decide" ? "reveal" : "outcome"}]`).focus();
  });
});

document.getElementById("again").addEventListener("click", () => {
  localStorage.removeItem(place);
  location.reload();
});

draw();
