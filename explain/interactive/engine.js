// The engine of the page. ``compiled`` has the functions that the recorded facts gave: each reads an array of the givens, in order.
function engineOf(compiled) {
  "use strict";
  const { names, wrt, places } = compiled;

  const forward = (values) => {
    const nodes = new Float64Array(compiled.definitions.length);
    compiled.forward(values, nodes);
    return nodes;
  };

  const quantities = (values) => {
    const numbers = new Float64Array(compiled.expressions);
    compiled.quantities(values, numbers);
    return numbers;
  };

  const gradient = (values) => {
    const slopes = new Float64Array(wrt.length);
    return { value: compiled.gradient(values, slopes), slopes };
  };

  const step = (values, rate) => {
    const { slopes } = gradient(values);
    const next = Float64Array.from(values);
    places.wrt.forEach((place, k) => { next[place] -= rate * slopes[k]; });
    return next;
  };

  const difference = (values, place) => {
    const moved = Float64Array.from(values);
    const along = (x) => { moved[place] = x; return compiled.value(moved); };
    return centralDifference(along, values[place]);
  };

  // Training over all samples at once: {inputs, targets}, a row each; without samples on the setting itself.
  const trainer = (start, samples, rate, optimizer = compiled.optimizers[0].name) => {
    const method = compiled.optimizers.find((one) => one.name === optimizer);
    if (method === undefined) throw new RangeError("no optimizer " + optimizer + "; there is " + compiled.optimizers.map((one) => one.name).join(", "));
    const values = new Float64Array(names.length);
    if (start.length === names.length) values.set(start);
    else places.wrt.forEach((place, k) => { values[place] = start[k]; });
    const varying = samples ? [...places.inputs, ...places.targets] : [];
    const rows = samples ? samples.inputs.map((row, n) => Float64Array.of(...row, ...samples.targets[n])) : [Float64Array.of()];
    const theta = Float64Array.from(places.wrt, (place) => values[place]);
    const slopes = new Float64Array(theta.length);
    const sums = new Float64Array(theta.length);
    const states = Array.from({ length: method.states }, () => new Float64Array(theta.length));
    const self = { theta, steps: 0, rate, finite: true, step: advance };

    // The mean loss over the samples, at the parameters as they are; its slopes in ``sums``.
    function mean() {
      let loss = 0;
      sums.fill(0);
      for (const row of rows) {
        for (let i = 0; i < varying.length; i += 1) values[varying[i]] = row[i];
        loss += compiled.gradient(values, slopes);
        for (let i = 0; i < sums.length; i += 1) sums[i] += slopes[i];
      }
      for (let i = 0; i < sums.length; i += 1) sums[i] /= rows.length;
      return loss / rows.length;
    }

    // Makes n steps and gives their losses, each before its update; fewer where a loss or a slope stops being finite.
    function advance(n) {
      const losses = new Float64Array(n);
      for (let done = 0; done < n; done += 1) {
        for (let i = 0; i < theta.length; i += 1) values[places.wrt[i]] = theta[i];
        losses[done] = mean();
        self.finite = Number.isFinite(losses[done]) && sums.every(Number.isFinite);
        if (!self.finite) return losses.slice(0, done);
        self.steps += 1;
        method.update(theta, sums, self.steps, self.rate, states);
      }
      return losses;
    }

    return self;
  };

  const optimizers = compiled.optimizers.map((one) => one.name);
  return { names, definitions: compiled.definitions, wrt, of: compiled.of, places, optimizers, forward, values: quantities, gradient, difference, step, trainer };
}

// (f(x + h) - f(x - h)) / 2h with the step h, a power of two, that makes the bound of its error least: numeric/differences.py in JavaScript.
// The bound is max(|D(2h) - D(h)|, |D(4h) - D(2h)| / 4) for h², and 1.5 times the rounding, from the noise that f is measured to have near x.
function centralDifference(f, x) {
  "use strict";
  const UNIT = 2 ** -53;
  const scale = Math.abs(x) > 1 ? Math.floor(Math.log2(Math.abs(x))) : 0;
  const [first, least, most] = [17, 45, 5].map((one) => 2 ** (scale - one));
  const noise = noiseNear(f, x, most);
  const rounding = (value) => Math.max(noise, 2 * UNIT * Math.abs(value)) + 1e-323;
  const centre = f(x);

  const rungs = (h) => {
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
  };

  let best = null;
  let kink = null;
  let h = first;
  for (let round = 0, creases = 0; round < 32; round += 1) {
    const one = rungs(h);
    let shift = -4;
    if (one.smooth && !one.creased) {
      if (best !== null && !(one.bound < best.bound)) break;
      best = one;
      shift = balanced(one);
      if (Math.abs(shift) <= 1 || one.bound <= 2 ** -30 * Math.abs(one.slope) || (one.slope === 0 && one.curved === 0)) break;
    } else {
      creases += one.creased ? 1 : 0;
      kink = kink || (one.smooth ? one : null);
      if (best !== null || creases >= 3 || h <= least) break;
    }
    const next = Math.min(Math.max(h * 2 ** shift, least), most);
    if (next === h) break;
    h = next;
  }
  if (best === null && kink !== null) return { slope: kink.slope, h: kink.h, bound: kink.bound, right: kink.sides[0], left: kink.sides[1] };
  return best === null ? { slope: NaN, h: NaN, bound: Infinity } : { slope: best.slope, h: best.h, bound: best.bound };

  // By how many powers of two the step moves to where both errors are alike: c·s² + r/s is least at s³ = r/2c.
  function balanced({ curved, noisy, bound }) {
    if (noisy === 0 || !(bound < Infinity)) return 0;
    if (curved === 0) return 6;
    const ratio = Math.floor(Math.log2(noisy / (2 * curved))) + 1;
    return Math.max(curved <= noisy ? 3 : -12, Math.min(6, Math.round(ratio / 3)));
  }
}

// The rounding error of f near x: six standard deviations of the noise in its sixth differences (numeric/noise.py; Moré, Wild, 2011).
const noiseNear = (() => {
  "use strict";
  const PLACES = [0, 31, 97, 140, 229, 263, 331, 402, 447, 509];

  // The weights of a divided difference of highest order, scaled so that noise keeps its size. Their sum is 0.
  const scaled = (places) => {
    const weights = places.map((here) => 1 / places.reduce((product, other) => (other === here ? product : product * (here - other)), 1));
    return weights.map((one) => one / Math.hypot(...weights));
  };
  const WINDOWS = [0, 1, 2, 3].map((start) => scaled(PLACES.slice(start, start + 7)));

  // What all values share falls out by itself, and with it what it would be rounded by.
  function scatter(row) {
    let squares = 0;
    for (let start = 0; start < 4; start += 1) {
      let sum = 0;
      for (let i = 0; i < 7; i += 1) sum += WINDOWS[start][i] * (row[start + i] - row[start]);
      squares += sum * sum;
    }
    return Math.sqrt(squares) / 2;
  }

  function lively(f, x, step) {
    const found = [1, -1].map((sign) => PLACES.map((place) => f(x + sign * place * step)))
      .filter((row) => row.every(Number.isFinite) && new Set(row).size > 5).map(scatter).sort((a, b) => a - b);
    if (found.length === 0) return null;
    return found[found.length - 1] < 100 * found[0] ? found[found.length - 1] : found[0];
  }

  return (f, x, widest) => {
    for (let finest = 47; finest > 11; finest -= 5) {
      const near = lively(f, x, widest * 2 ** (5 - finest));
      if (near !== null) return 6 * Math.max(near, lively(f, x, 3 * widest * 2 ** (5 - finest)) || 0);
    }
    return 0;
  };
})();
