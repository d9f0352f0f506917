// Elements in one line each, and numbers as people read them.

const SVG = "http://www.w3.org/2000/svg";

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function html(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

export function dollars(amount, signed = false) {
  const size = Math.abs(amount);
  const sign = amount < 0 ? "−" : signed && amount > 0 ? "+" : "";
  for (const [unit, letter] of [[1e9, " bn"], [1e6, " M"], [1e3, " k"]]) {
    if (size >= unit) return `${sign}$${Number((size / unit).toPrecision(3))}${letter}`;
  }
  return `${sign}$${size >= 10 ? Math.round(size) : Number(size.toPrecision(2))}`;
}

export function cents(amount) {
  return `${amount < 0 ? "−" : "+"}$${Math.abs(amount).toFixed(2)}`;
}

export function plain(value) {
  return String(Number(value.toPrecision(3)));
}

export function percent(share) {
  return `${Number((100 * share).toPrecision(3))} %`;
}
