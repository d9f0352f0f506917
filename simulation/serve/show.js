// An answer in its place: its sentence, its dots, its lines, and what they can be saved as.

import { drawLegend, drawLines, drawStrip } from "/files/draw.js";
import { html } from "/files/dom.js";
import { lineRows, offerSaving, stripRows } from "/files/save.js";

let last = null;

export function show(answer, ghost = null) {
  last = [answer, ghost];
  const [strip, lines] = ["strip", "lines"].map((id) => document.getElementById(id));
  const said = document.getElementById("said");
  if (said.textContent !== answer.sentences[0]) said.textContent = answer.sentences[0];
  drawStrip(strip, answer, ghost);
  offerSaving(strip, "worth", () => stripRows(answer));
  drawLegend(document.getElementById("legend"), answer, ghost);
  drawLines(lines, answer, ghost);
  answer.lines.lines.forEach((line, place) =>
    offerSaving(lines.children[place], line.title, () => lineRows(answer, line)));
  document.getElementById("sentences").replaceChildren(...answer.sentences.map((each) => html("li", {}, each)));
  document.getElementById("caveat").textContent = answer.caveat;
}

let waiting = 0;
window.addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => last && show(...last), 150);
});
