// What is set, and what follows from it: e are the quantities, rate the learning rate, start whether all is as at first,
// d(name, place) the central difference by a given, and the verdict on the number at that place.
let e = null;
let rate = page.rate;
let start = true;
const setting = { values: Float64Array.from(page.start), by: 0 };
const MOST = 1e6;

const placeOf = (name) => engine.names.indexOf(name);
const say = (key, parts = {}) => page.words[key].replace(/\{(\w+)(?::[^}]*)?\}/g, (whole, name) => (name in parts ? String(parts[name]) : whole));

const found = new Map();
const d = (name, place) => {
  if (!found.has(name)) found.set(name, judged(engine.difference(setting.values, placeOf(name)), e[place]));
  return found.get(name);
};

// The verdict on a number beside its difference: numeric/reports.py.
function judged(one, value) {
  const CERTAIN = 1e-3;
  const bound = one.bound + 2 ** -50 * Math.abs(value);
  const kink = one.left !== undefined;
  const [low, high] = kink ? [Math.min(one.left, one.right), Math.max(one.left, one.right)] : [one.slope, one.slope];
  const slack = kink ? (high - low) * CERTAIN : 0;
  const error = kink ? Math.max(low - slack - value, value - high - slack, 0) : Math.abs(value - one.slope);
  const resolved = bound <= CERTAIN * Math.max(Math.abs(low), Math.abs(high), Math.abs(value)) || (value === 0 && bound <= 1e-6);
  const doubt = !(bound < Infinity) || (kink && !resolved);
  const verdict = doubt ? "not resolvable" : !(error <= bound) ? "wrong" : kink ? "at a kink" : resolved ? "agrees" : "not resolvable";
  return { slope: one.slope, h: one.h, bound, error, verdict };
}

// Takes new values if the loss and its gradient have numbers there; says whether it did.
function take(values, show = refresh) {
  const { value, slopes } = engine.gradient(values);
  if (![value, ...values, ...slopes].every(Number.isFinite)) return false;
  setting.values = values;
  show();
  return true;
}

// However often a hand moves within a frame, the page follows once.
let due = 0;
const refreshSoon = () => { due = due || requestAnimationFrame(refresh); };

// What the loss says of the values that a given may have: [least, most], or nothing.
const fits = (name, value) => !(name in page.bounds) || (value >= page.bounds[name][0] && value <= page.bounds[name][1]);

// The values with one of them changed; shares that must sum to 1 give way to each other.
function changed(name, value) {
  const values = Float64Array.from(setting.values);
  values[placeOf(name)] = value;
  if (page.shares.includes(name)) {
    const others = page.shares.filter((one) => one !== name).map(placeOf);
    const sum = others.reduce((total, place) => total + values[place], 0);
    for (const place of others) values[place] = sum > 0 ? (values[place] / sum) * (1 - value) : (1 - value) / others.length;
  }
  return values;
}

function refresh() {
  cancelAnimationFrame(due);
  due = 0;
  e = engine.values(setting.values);
  found.clear();
  start = rate === page.rate && setting.values.every((value, place) => value === page.start[place]);
  rewrite();
  showControls();
  for (const then of afterwards) then();
}

const afterwards = [];
