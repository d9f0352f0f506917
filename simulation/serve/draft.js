// Keeps a half-written answer in this browser, through a reload and the end of a round, until it is sealed.
"use strict";

const seal = document.querySelector("form.seal");
const place = seal ? `aislefour-draft-${seal.dataset.draft}` : "";

function fields() {
  return [...seal.querySelectorAll("input:not([type=hidden]), select")];
}

function keepDraft() {
  const said = fields().map((each) => (each.type === "radio" ? each.checked : each.value));
  try {
    localStorage.setItem(place, JSON.stringify(said));
  } catch {
    return; // a browser that keeps nothing
  }
}

function restoreDraft() {
  try {
    const said = JSON.parse(localStorage.getItem(place)) ?? [];
    fields().forEach((each, number) => {
      if (said[number] === undefined) return;
      if (each.type === "radio") each.checked = said[number] === true;
      else each.value = said[number];
    });
  } catch {
    localStorage.removeItem(place);
  }
}

if (seal) {
  restoreDraft();
  seal.addEventListener("input", keepDraft);
}
