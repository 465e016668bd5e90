// (f(x + h) - f(x - h)) / 2h with the step h, a power of two, that makes the bound of its error least: numeric/differences.py in JavaScript.
const UNIT = 2 ** -53;
const ROUNDS = 32;
const CREASES = 3;

function centralDifference(f, x) {
  const [first, least, most] = differenceSteps(x);
  const noise = noiseNear(f, x, most);
  const rounding = (value) => Math.max(noise, 2 * UNIT * Math.abs(value)) + 1e-323;
  const centre = f(x);
  let best = null;
  let split = null;
  let h = first;
  for (let round = 0, creases = 0; round < ROUNDS; round += 1) {
    const one = rungs(f, x, h, centre, rounding);
    let shift = -4;
    if (one.smooth && !one.creased) {
      if (best !== null && !(one.bound < best.bound)) break;
      best = one;
      shift = shiftOf(one);
      if (Math.abs(shift) <= 1 || isGood(one)) break;
    } else {
      creases += one.creased ? 1 : 0;
      split = split || (one.smooth ? one : null);
      if (best !== null || creases >= CREASES || h <= least) break;
    }
    const next = Math.min(Math.max(h * 2 ** shift, least), most);
    if (next === h) break;
    h = next;
  }
  if (best !== null) return { slope: best.slope, h: best.h, bound: best.bound };
  return split === null ? { slope: NaN, h: NaN, bound: Infinity } : { slope: split.slope, h: split.h, bound: split.bound, right: split.sides[0], left: split.sides[1] };
}

// The first, the least and the largest step: powers of two, on the scale of x, at least that of 1.
function differenceSteps(x) {
  const scale = Math.abs(x) > 1 ? Math.floor(Math.log2(Math.abs(x))) : 0;
  return [17, 45, 5].map((places) => 2 ** (scale - places));
}

// What f says at x ± h, ± 2h, ± 4h (numeric/rungs.py). The bound is max(|D(2h) - D(h)|, |D(4h) - D(2h)| / 4) for h², and 1.5 times the rounding.
function rungs(f, x, h, centre, rounding) {
  const [r1, r2, r4] = [1, 2, 4].map((k) => f(x + k * h));
  const [l1, l2, l4] = [1, 2, 4].map((k) => f(x - k * h));
  const errors = rounding(r1) + rounding(l1);
  const bends = [(r1 - 2 * centre + l1) / h, (r4 - 2 * centre + l4) / (4 * h)].map(Math.abs);
  const creased = bends[0] > 4 * (errors + 2 * rounding(centre)) / h && bends[1] < 2 * bends[0];
  const span = (k) => (x + k * h) - (x - k * h);
  const [d1, d2, d4] = [(r1 - l1) / span(1), (r2 - l2) / span(2), (r4 - l4) / span(4)];
  const lost = Math.abs(x - ((x + h) - h)) + Math.abs(x - ((x - h) + h));
  const noisy = errors / span(1) + 2 * UNIT * Math.abs(d1) + lost / 2 * bends[0] / h;
  const curved = Math.max(Math.abs(d2 - d1), Math.abs(d4 - d2) / 4);
  const sides = [(4 * r1 - 3 * centre - r2) / (2 * h), (3 * centre - 4 * l1 + l2) / (2 * h)];
  const smooth = [r1, r2, r4, l1, l2, l4].every(Number.isFinite);
  return { h, smooth, creased, slope: d1, bound: curved + 1.5 * noisy, curved, noisy, sides };
}

// Nine digits are enough, or a slope of nothing at all.
const isGood = ({ bound, slope, curved }) => bound <= 2 ** -30 * Math.abs(slope) || (slope === 0 && curved === 0);

// By how many powers of two the step moves to where both errors are alike: c·s² + r/s is least at s³ = r/2c.
function shiftOf({ curved, noisy, bound }) {
  if (noisy === 0 || !(bound < Infinity)) return 0;
  if (curved === 0) return 6;
  const ratio = Math.floor(Math.log2(noisy / (2 * curved))) + 1;
  return Math.max(curved <= noisy ? 3 : -12, Math.min(6, Math.round(ratio / 3)));
}
