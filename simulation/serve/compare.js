// Runs side by side, their dots on one scale.

import { drawStrip } from "/files/draw.js";

const figures = [...document.querySelectorAll(".strip")];
const answers = await Promise.all(figures.map(async ({ dataset }) => (await fetch(`/runs/${dataset.run}/answer.json`)).json()));
const names = [...new Set(answers.flatMap((answer) => answer.policies.map(({ name }) => name)))];
answers.forEach((answer) => answer.policies.forEach((policy) => { policy.colour = names.indexOf(policy.name); }));
figures.forEach((figure, place) => drawStrip(figure, answers[place], null, answers));
