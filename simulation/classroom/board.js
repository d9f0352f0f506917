// The board: points under the weights that somebody gives, the best course first. Without weights there are no points.
"use strict";

function weigh(board) {
  const weights = [...board.querySelectorAll("[data-weight]")].map((each) => Math.max(0, Number(each.value) || 0));
  const all = weights.reduce((sum, each) => sum + each, 0);
  const body = board.querySelector("tbody");
  const rows = [...body.rows];
  rows.forEach((row, place) => {
    row.dataset.place ??= place;
    const scaled = row.dataset.scaled.split(",").map(Number);
    const points = scaled.reduce((sum, each, place) => sum + each * weights[place], 0) / all;
    row.dataset.points = all > 0 ? points : 0;
    row.querySelector("[data-points]").textContent = all > 0 ? (100 * points).toFixed(0) : "–";
  });
  rows.sort((one, other) => other.dataset.points - one.dataset.points || one.dataset.place - other.dataset.place);
  body.append(...rows);
}

document.querySelectorAll("[data-board]").forEach((board) => {
  board.addEventListener("input", () => weigh(board));
  weigh(board);
});
