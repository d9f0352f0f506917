// The answer as pictures: every replicate as a dot beside the line of nothing, and four lines week by week with bands.
// The state before the last change stays as a ghost in grey.

import { cents, dollars, html, percent, plain, svg } from "/files/dom.js";

const YEAR = 52;
const ROW = 17;
const HEAD = 24;

const write = { dollars: (value) => dollars(value), share: percent, "0 to 1": plain };

// A policy keeps its colour whichever others are switched on.
function lineOf(policy, place) {
  return `line${(policy.colour ?? place) % 8}`;
}

function scale(low, high, from, to) {
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

function ticks(low, high, count) {
  const rough = (high - low || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) found.push(Math.abs(at) < step / 1e6 ? 0 : at);
  return found;
}

export function worth(policy) {
  const error = policy.error === null ? "" : ` ± ${dollars(policy.error)}`;
  return `${dollars(policy.mean, true)}${error}, ${cents(policy.per_household_year)} a household and year`;
}

// --- the strip of dots -------------------------------------------------------------------------------------------

// All of `others` are drawn on the same scale.
export function drawStrip(figure, answer, ghost, others = []) {
  const wide = Math.max(280, figure.clientWidth || 600);
  const policies = answer.policies.slice(1);
  const before = new Map((ghost?.policies ?? []).map((policy) => [policy.name, policy]));
  const rows = policies.map((policy) => HEAD + ROW * policy.dots.length);
  const high = rows.reduce((sum, each) => sum + each, 0);
  const shown = policies.flatMap((policy) => [policy, before.get(policy.name)]).filter(Boolean).concat(others.flatMap((each) => each.policies));
  const values = [0, ...shown.flatMap((policy) => policy.dots.flatMap((row) => row.values))];
  const room = 0.05 * (Math.max(...values) - Math.min(...values)) || 1;
  const [low, top] = [Math.min(...values) - room, Math.max(...values) + room];
  const x = scale(low, top, 82, wide - 12);
  const picture = svg("svg", { viewBox: `0 0 ${wide} ${high + 36}`, role: "img", "aria-label": stripInWords(answer) });
  picture.append(svg("line", { class: "zero", x1: x(0), x2: x(0), y1: 4, y2: high }));
  let y = 0;
  policies.forEach((policy, place) => {
    picture.append(...policyRows(policy, place + 1, before.get(policy.name), x, y, wide));
    y += rows[place];
  });
  for (const at of ticks(low, top, wide < 420 ? 3 : 5)) {
    if (x(at) < 60) continue;
    picture.append(svg("line", { class: "tick", x1: x(at), x2: x(at), y1: high, y2: high + 4 }),
      svg("text", { class: at === 0 ? "axis strong" : "axis", x: x(at), y: high + 17, "text-anchor": "middle" }, dollars(at)));
  }
  picture.append(svg("text", { class: "axis", x: wide - 12, y: high + 32, "text-anchor": "end" },
    `worth against ${answer.baseline}, ${plain(answer.weeks / YEAR)} years`));
  figure.replaceChildren(picture);
}

function policyRows(policy, place, before, x, top, wide) {
  const name = svg("text", { class: "name", x: 4, y: top + 16 },
    svg("tspan", { class: "strong" }, policy.name), svg("tspan", { class: "axis", dx: 8 }, wide < 420 ? dollars(policy.mean, true) : worth(policy)));
  const bottom = top + HEAD + ROW * policy.dots.length - 4;
  const marks = policy.dots.flatMap((row, at) => {
    const y = top + HEAD + ROW * (at + 0.5) - 2;
    const dots = row.values.map((value) => svg("circle", { class: `dot ${lineOf(policy, place)}${row.filled ? "" : " hollow"}`, cx: x(value), cy: y, r: 4 },
      svg("title", {}, `${policy.name}${row.label ? `, ${row.label}` : ""}: ${dollars(value, true)}`)));
    return [svg("text", { class: "axis", x: 76, y: y + 4, "text-anchor": "end" }, row.label), ...dots];
  });
  const ghost = before && !policy.pale ? [svg("line", { class: "ghost mean", x1: x(before.mean), x2: x(before.mean), y1: top + HEAD - 4, y2: bottom + 3 },
    svg("title", {}, `before the change: ${dollars(before.mean, true)}`))] : [];
  const mean = svg("line", { class: `mean ${lineOf(policy, place)}`, x1: x(policy.mean), x2: x(policy.mean), y1: top + HEAD - 4, y2: bottom });
  return [svg("g", { class: policy.pale ? "pale" : null }, ...ghost, name, ...marks, mean)];
}

function stripInWords(answer) {
  const said = answer.policies.slice(1).map((policy) => `${policy.name}: ${worth(policy)}`);
  return `Worth of every replicate against ${answer.baseline}, with nothing in view. ${said.join("; ")}`;
}

// --- four lines --------------------------------------------------------------------------------------------------

export function drawLines(box, answer, ghost) {
  const figures = answer.lines.lines.map((line, at) => lineFigure(line, answer, ghost?.lines.lines[at], ghost));
  box.replaceChildren(...figures);
}

function lineFigure(line, answer, old, ghost) {
  const figure = document.createElement("figure");
  figure.className = "chart";
  figure.dataset.name = line.name;
  const [wide, high, left] = [340, 190, 56];
  const last = answer.lines.weeks.at(-1);
  const bands = [...line.policies, ...(old?.policies ?? [])];
  const values = bands.flatMap((band) => [...band.low, ...band.high]);
  if (line.name === "difference") values.push(0);
  const room = 0.04 * (Math.max(...values) - Math.min(...values)) || 0.01;
  const [low, top] = [Math.min(...values) - room, Math.max(...values) + room];
  const [x, y] = [scale(0, last, left, wide - 8), scale(low, top, high - 34, 26)];
  const picture = svg("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": lineInWords(line, answer), style: `--faint:${0.3 / line.policies.length}` },
    svg("text", { class: "strong title", x: 4, y: 14 }, line.title));
  for (const at of ticks(low, top, 4)) {
    picture.append(svg("line", { class: at === 0 ? "zero" : "grid", x1: left, x2: wide - 8, y1: y(at), y2: y(at) }),
      svg("text", { class: "axis", x: left - 5, y: y(at) + 4, "text-anchor": "end" }, write[line.unit](at)));
  }
  for (const week of ticks(0, last, 5).map((each) => Math.round(each))) {
    picture.append(svg("text", { class: "axis", x: x(week), y: high - 14, "text-anchor": "middle" }, `${week}`));
  }
  picture.append(svg("text", { class: "axis", x: wide - 8, y: high - 2, "text-anchor": "end" }, "week"));
  const curve = (weeks, some) => some.map((value, at) => `${x(weeks[at]).toFixed(1)},${y(value).toFixed(1)}`);
  line.policies.forEach((band, place) => {
    const outline = [...curve(answer.lines.weeks, band.high), ...curve(answer.lines.weeks, band.low).reverse()];
    picture.append(svg("polygon", { class: `band ${lineOf(answer.policies[place], place)}${band.pale ? " pale" : ""}`, points: outline.join(" ") }));
  });
  const stale = new Set(answer.policies.filter((policy) => policy.pale).map((policy) => policy.name));
  (old?.policies ?? []).filter((_, place) => !stale.has(ghost.policies[place].name)).forEach((band) => {
    picture.append(svg("polyline", { class: "ghost", points: curve(ghost.lines.weeks, band.mid).join(" ") }));
  });
  line.policies.forEach((band, place) => {
    picture.append(svg("polyline", { class: `curve ${lineOf(answer.policies[place], place)}${band.pale ? " pale" : ""}`, points: curve(answer.lines.weeks, band.mid).join(" ") }));
  });
  picture.append(...events(answer, x, high - 34));
  figure.append(picture);
  return figure;
}

// Policies that act in the same week stand beside each other.
function events(answer, x, y) {
  const taken = new Map();
  const beside = (week) => {
    taken.set(week, (taken.get(week) ?? -1) + 1);
    return 5 * taken.get(week);
  };
  return answer.policies.flatMap((policy, place) => policy.events.map(({ week, label }) =>
    label ? svg("path", { class: `event ${lineOf(policy, place)}`, d: `M${x(week) - 4 + beside(week)},${y + 8}h8l-4,-8z` }, svg("title", {}, `${policy.name}: ${label}`))
      : svg("line", { class: `event ${lineOf(policy, place)}`, x1: x(week), x2: x(week), y1: y - 6, y2: y }, svg("title", {}, `${policy.name}: a story ran in week ${week}, in one replicate`))));
}

function lineInWords(line, answer) {
  const ends = line.policies.map((band, place) => `${answer.policies[place].name} ends at ${write[line.unit](band.mid.at(-1))}`);
  return `${line.title}, by week; median and 10 to 90 % of replicates. ${ends.join("; ")}`;
}

export function drawLegend(list, answer, ghost) {
  const items = answer.policies.map((policy, place) => [lineOf(policy, place), policy.name]);
  if (ghost) items.push(["before", "before the change, the same shoppers"]);
  list.replaceChildren(...items.map(([line, name]) => html("li", {}, html("span", { class: `line ${line}` }), ` ${name}`)));
}
