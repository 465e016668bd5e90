// Rewrites the numbers of the page, and what depends on them: signs between terms, parentheses, particles, sentences.
const MATHML = "http://www.w3.org/1998/Math/MathML";
let watched = [];

// The size of a number as the evidence prints it, explain/quantities.py in JavaScript: digits and power of ten. "t" has twelve decimals, "s" one digit,
// and "p" is a power of two or else small.
const STYLES = {
  "": (size) => numeral(size, page.places),
  t: (size) => (size === 0 || (size >= 1e-7 && size < 1e9) ? [roundedAs(size, "toFixed", 12)] : roundedAs(size, "toExponential", 11).split("e")),
  s: (size) => {
    const one = size < 2 ** -1022 ? "0" : roundedAs(size, "toExponential", 0);
    return (size >= 1e-2 && size < 1e4) || one === "0" ? [String(Number(one))] : one.split("e");
  },
  p: (size) => STYLES.s(size),
};

// A number in its parts.
function shown(value, style) {
  if (!Number.isFinite(value)) return { minus: value < 0, digits: Number.isNaN(value) ? "–" : "∞", base: "", power: "" };
  const size = Math.abs(value);
  const exponent = Math.log2(size);
  if (style === "p" && Number.isInteger(exponent)) return { minus: false, digits: "", base: "2", power: minusOf(exponent) };
  const [digits, power] = STYLES[style](size);
  const raised = power !== undefined && power !== null;
  return { minus: value < 0, digits: String(digits), base: raised ? "10" : "", power: raised ? minusOf(Number(power)) : "" };
}

const minusOf = (whole) => String(whole).replace("-", "−");

function element(tag, text, attributes = {}) {
  const made = document.createElementNS(MATHML, tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const fencedAt = (need, one) => ((need === "f" || need === "w") && one.minus) || (need === "w" && one.power !== "");

function setNumber(node, value) {
  const need = node.dataset.n || "";
  const one = shown(value, node.dataset.k || "");
  const fenced = fencedAt(need, one);
  const shape = [fenced, one.minus && need !== "a", one.digits !== "", one.base].join();
  if (node.shape !== shape) {
    node.shape = shape;
    const parts = [];
    if (one.minus && need !== "a") parts.push(element("mo", "−", { form: "prefix", lspace: "0", rspace: "0" }));
    if (one.digits) parts.push((node.digits = element("mn", "")));
    if (one.digits && one.power) parts.push(element("mo", "·"));
    if (one.power) {
      const raised = element("msup", "");
      node.power = element("mn", "");
      raised.append(element("mn", one.base), node.power);
      parts.push(raised);
    }
    if (fenced) parts.unshift(element("mo", "(", { form: "prefix", stretchy: "false" }));
    if (fenced) parts.push(element("mo", ")", { form: "postfix", stretchy: "false" }));
    node.replaceChildren(...parts);
    node.fenced = fenced;
  }
  if (one.digits && node.digits.textContent !== one.digits) node.digits.textContent = one.digits;
  if (one.power && node.power.textContent !== one.power) node.power.textContent = one.power;
}

// A pair of parentheses: its ends, which are two elements where a line ends between, and the numbers in it.
function fencesIn(root) {
  const open = [];
  return [...root.querySelectorAll("[data-f]")].flatMap((node) => {
    if (node.dataset.f === "open") open.push(node);
    if (node.dataset.f === "open") return [];
    const first = node.dataset.f === "close" ? open.pop() : node;
    return [{ left: first.firstElementChild, right: node.lastElementChild, numbers: numbersBetween(first, node) }];
  });
}

function numbersBetween(first, last) {
  const own = (one) => one.matches("[data-v]");
  if (first === last) return [...first.children].filter(own);
  const lines = [...first.closest(".equation").querySelectorAll("math")];
  const whole = lines.slice(lines.indexOf(first.closest("math")) + 1, lines.indexOf(last.closest("math")));
  return [first, ...whole, last].flatMap((part) => [...part.children]).filter(own);
}

function setFence({ left, right, numbers: inner }) {
  const square = inner.some((one) => one.fenced);
  text(left, square ? "[" : "(");
  text(right, square ? "]" : ")");
}

function setParticle(node, value) {
  const one = shown(value, node.dataset.k || "");
  node.textContent = formOf(one, node.dataset.forms);
}

// The form of a particle after a number: one for each last digit, and one after a power.
function formOf(one, forms) {
  const list = page.forms[forms].split("/");
  return one.power ? list[10] : list[Number(one.digits.slice(-1))] || list[0];
}

const text = (node, wanted) => { if (node.textContent !== wanted) node.textContent = wanted; };

// In the picture there is no room for more than one digit and a power of ten.
function brief(value, places) {
  const usual = formatNumber(value, places);
  return usual.includes("·") ? formatNumber(value, 1) : usual;
}

// How each kind of live element follows its number.
const KINDS = {
  v: (node, value) => (node.dataset.t === undefined ? setNumber(node, value) : text(node, brief(value, Number(node.dataset.t)))),
  s: (node, value) => text(node, value < 0 ? "−" : "+"),
  p: setParticle,
};

// Of the sentences of other conditions the page has the words; their formulas are those of the one that stands.
function wordVariants() {
  for (const node of document.querySelectorAll("[data-more]")) {
    const parts = [...node.children];
    for (const [variant, condition] of node.dataset.more.split(" ").map((one) => one.split(":"))) {
      const made = document.createElement(node.localName);
      made.append(...page.variants[variant].map((part) => (typeof part === "string" ? part : parts[part].cloneNode(true))));
      made.dataset.w = condition;
      made.hidden = true;
      node.after(made);
    }
  }
}

// What is watched: everything live in these elements, a part each, its parts that a condition hides after that condition.
function watch(roots) {
  watched = roots.map((root) => ({
    root,
    conditions: [...root.querySelectorAll("[data-w]")],
    numbers: Object.keys(KINDS).flatMap((kind) => [...root.querySelectorAll(`[data-${kind}]`)].map((node) =>
      ({ node, set: KINDS[kind], number: numbers[node.dataset[kind]], last: NaN, under: node.closest("[data-w]") }))),
    fences: fencesIn(root),
    inserted: insertedIn(root),
  }));
}

// What is folded away is rewritten when it is unfolded, what a condition hides when it shows.
function rewrite() {
  for (const part of watched) {
    if (part.root.open === false) continue;
    for (const node of part.conditions) {
      const hidden = !conditions[node.dataset.w]();
      if (node.hidden !== hidden) node.hidden = hidden;
    }
    for (const one of part.numbers) {
      if (one.under && one.under.hidden) continue;
      const value = one.number();
      if (value !== one.last) one.set(one.node, (one.last = value));
    }
    part.fences.forEach(setFence);
    part.inserted.forEach(showInserted);
  }
}
