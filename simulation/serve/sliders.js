// Assumptions as sliders, those that move the answer most first: words at their ends, their evidence on demand.

import { dollars, html, plain } from "/files/dom.js";

const STEPS = 200;

export function showSliders(box, given, state, changed) {
  const most = Math.max(...given.numbers.map((each) => each.effect ?? 0));
  box.replaceChildren(...given.numbers.map((each, place) => slider(each, place, most, state, changed)));
}

function valueAt(number, share) {
  const { low, high } = number;
  return Number((number.logarithmic ? low * (high / low) ** share : low + share * (high - low)).toPrecision(3));
}

function shareAt(number, value) {
  const { low, high } = number;
  const share = number.logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}

function usualWords(number) {
  if (!number.drawn) return `${plain(number.usual)}, as usual`;
  return `drawn, ${plain(number.drawn[0])} to ${plain(number.drawn[1])}`;
}

function slider(number, place, most, state, changed) {
  const id = `number-${place}`;
  const { address } = number;
  const input = html("input", { type: "range", id, min: 0, max: STEPS, "aria-describedby": `${id}-ends` });
  const output = html("output", { for: id });
  const free = html("button", { type: "button", class: "small", "aria-label": `Leave ${number.name} as usual` }, "×");
  const box = html("div", { class: "slider" });
  function say() {
    const isSet = address in state.numbers;
    input.value = STEPS * shareAt(number, isSet ? state.numbers[address] : number.usual);
    output.textContent = isSet ? plain(state.numbers[address]) : usualWords(number);
    input.setAttribute("aria-valuetext", `${output.textContent} ${number.unit}`);
    box.classList.toggle("set", isSet);
    free.hidden = !isSet;
  }
  input.addEventListener("input", () => {
    state.numbers[address] = valueAt(number, input.value / STEPS);
    const at = input.value;
    say();
    input.value = at;
    changed({ slider: address });
  });
  free.addEventListener("click", () => {
    delete state.numbers[address];
    say();
    input.focus();
    changed();
  });
  box.append(
    html("label", { for: id }, number.name), output, free, input,
    html("p", { class: "ends", id: `${id}-ends` }, html("span", {}, number.left), html("span", {}, number.right)),
    html("details", {}, html("summary", {}, html("span", { class: "unseen" }, `${number.name}: `), "Evidence",
      number.effect && most ? html("span", { class: "bar", style: `--by:${number.effect / most}`, "aria-hidden": "true" }) : null), html("p", {}, evidence(number))),
  );
  say();
  return box;
}

function evidence(number) {
  const moves = number.effect ? ` Moving it from end to end moves the answer by ${dollars(number.effect)} a household and year, in a small trial.` : "";
  return `${number.meaning} Unit: ${number.unit}. Usually ${plain(number.usual)}. Grade: ${number.grade}. Source: ${number.source}.${moves}`;
}
