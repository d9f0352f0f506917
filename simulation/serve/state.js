// What is asked, as it stands in the address: policies that are on, edited terms, numbers by value, seed and size.

export const SIZES = ["seed", "shoppers", "weeks", "replicates"];

export function usual(given) {
  const names = Object.keys(given.policies).slice(0, given.most.policies);
  return { on: new Set(names), terms: {}, numbers: {}, sizes: { ...given.usual } };
}

export function read(given, query) {
  const fields = new URLSearchParams(query);
  const state = usual(given);
  if (fields.has("policy")) state.on = new Set(fields.getAll("policy"));
  state.terms = JSON.parse(fields.get("terms") || "{}");
  if (!fields.has("policy")) Object.keys(state.terms).forEach((name) => state.on.add(name));
  for (const name of SIZES) if (fields.has(name)) state.sizes[name] = Number(fields.get(name));
  for (const [name, value] of fields) if (name.includes(".")) state.numbers[name] = Number(value);
  return state;
}

export function actionsOf(given, state, name) {
  return state.terms[name] ?? given.policies[name] ?? [];
}

export function namesOf(given, state) {
  return [...new Set([...Object.keys(given.policies), ...Object.keys(state.terms)])];
}

// Only what is not as usual stands in the address, so that a link stays short and says what was changed.
export function written(given, state, whole = false) {
  const fields = new URLSearchParams();
  const first = usual(given);
  const on = namesOf(given, state).filter((name) => state.on.has(name));
  if (whole || String(on) !== String([...first.on])) on.forEach((name) => fields.append("policy", name));
  for (const name of SIZES) {
    if (whole || state.sizes[name] !== first.sizes[name]) fields.set(name, state.sizes[name]);
  }
  for (const [address, value] of Object.entries(state.numbers)) fields.set(address, value);
  if (Object.keys(state.terms).length) fields.set("terms", JSON.stringify(state.terms));
  return fields.toString();
}

// What is not as the file says, in words.
export function changes(given, state) {
  const names = new Map(given.numbers.map(({ address, name }) => [address, name]));
  const numbers = Object.entries(state.numbers).map(([address, value]) => `${names.get(address) ?? address.split(".")[1].replaceAll("_", " ")} ${value}`);
  const policies = Object.keys(state.terms).map((name) => `${name} ${name in given.policies ? "edited" : "added"}`);
  const off = Object.keys(given.policies).filter((name) => !state.on.has(name)).map((name) => `without ${name}`);
  const sizes = SIZES.filter((name) => state.sizes[name] !== given.usual[name]).map((name) => `${name} ${state.sizes[name].toLocaleString("en")}`);
  return [...numbers, ...policies, ...off, ...sizes];
}
