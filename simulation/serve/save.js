// Every chart as PNG, SVG and CSV, made of what is on the screen.

import { html } from "/files/dom.js";

const LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "font-size", "font-weight", "font-family"];

export function offerSaving(figure, name, rows) {
  const button = (label, save) => html("button", { type: "button", class: "small", "aria-label": `${name} as ${label}`, onclick: save }, label);
  figure.append(html("p", { class: "saving" },
    button("PNG", () => png(figure, name)),
    button("SVG", () => hand(new Blob([text(figure)], { type: "image/svg+xml" }), `${name}.svg`)),
    button("CSV", () => hand(new Blob([csv(rows())], { type: "text/csv" }), `${name}.csv`))));
}

function hand(blob, name) {
  const address = URL.createObjectURL(blob);
  html("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function csv(rows) {
  const cell = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value);
  return rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
}

// The picture with its looks written into it, since a file has no style sheet.
function text(figure) {
  const there = figure.querySelector("svg");
  const copy = there.cloneNode(true);
  const originals = [there, ...there.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, place) => {
    const looks = getComputedStyle(originals[place]);
    for (const look of LOOKS) element.style.setProperty(look, looks.getPropertyValue(look));
  });
  const [, , wide, high] = there.getAttribute("viewBox").split(" ");
  copy.setAttribute("width", wide);
  copy.setAttribute("height", high);
  copy.style.background = getComputedStyle(document.body).backgroundColor;
  return new XMLSerializer().serializeToString(copy);
}

function png(figure, name) {
  const picture = new Image();
  picture.onload = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [3 * picture.width, 3 * picture.height];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => hand(blob, `${name}.png`));
  };
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text(figure))}`;
}

export function stripRows(answer) {
  const rows = answer.policies.slice(1).flatMap((policy) => policy.dots.flatMap((row) =>
    row.values.map((value, replicate) => [policy.name, row.label, replicate, value])));
  return [["policy", "life", "replicate", `dollars_against_${answer.baseline}`], ...rows];
}

export function lineRows(answer, line) {
  const rows = line.policies.flatMap((band, place) => answer.lines.weeks.map((week, at) =>
    [answer.policies[place].name, week, band.low[at], band.mid[at], band.high[at]]));
  return [["policy", "week", "tenth", "median", "nine_tenths"], ...rows];
}
