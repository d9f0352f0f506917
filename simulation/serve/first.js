// The picture of the first page: the flagship's dots, from a small run that is lived once for everybody.

import { drawStrip } from "/files/draw.js";

const { name } = document.querySelector(".flagship").dataset;
const [strip, said, state] = ["strip", "said", "state"].map((id) => document.getElementById(id));
state.textContent = "The picture is being drawn.";
const answer = await (await fetch(`/scenarios/${encodeURIComponent(name)}/picture`)).json();
drawStrip(strip, answer);
said.textContent = answer.sentences[0];
state.textContent = `Each dot is one replicate of ${answer.shoppers.toLocaleString("en")} shoppers, hollow if the story stays secret, filled if it comes out, and the upright stroke their mean by how likely either is; a small run, so a rough answer.`;
