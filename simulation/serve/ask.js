// Keeps what is chosen in the address, so that a reload loses nothing, and says where each slider stands.
"use strict";

const form = document.getElementById("ask");
function valueAt(number, share) {
  const low = Number(number.dataset.low);
  const high = Number(number.dataset.high);
  const value = "log" in number.dataset ? low * (high / low) ** share : low + share * (high - low);
  return String(Number(value.toPrecision(3)));
}

function say(number) {
  const slider = number.querySelector("input[type=range]");
  const output = number.querySelector("output");
  const value = valueAt(number, slider.value / slider.max);
  const isSet = number.querySelector("input[type=checkbox]").checked;
  output.textContent = isSet ? value : output.dataset.usual;
  slider.setAttribute("aria-valuetext", output.textContent);
}

function keep() {
  const fields = new URLSearchParams(new FormData(form));
  const chosen = new Set(fields.getAll("set"));
  const kept = [...fields].filter(([name]) => !name.includes(".") || chosen.has(name));
  history.replaceState(null, "", `${location.pathname}?${new URLSearchParams(kept)}`);
}

for (const number of document.querySelectorAll(".number")) {
  number.querySelector("input[type=range]").addEventListener("input", () => {
    number.querySelector("input[type=checkbox]").checked = true;
    say(number);
  });
  number.addEventListener("change", () => say(number));
  number.querySelector(".why").addEventListener("click", () => number.classList.toggle("open"));
  number.addEventListener("keydown", (event) => {
    if (event.key === "Escape") number.classList.add("shut");
  });
  number.addEventListener("focusout", () => number.classList.remove("shut"));
  say(number);
}
form.addEventListener("change", keep);
