// The rounding error of f near x: six standard deviations of the noise in its sixth differences (numeric/noise.py; Moré, Wild, 2011).
const PLACES = [0, 31, 97, 140, 229, 263, 331, 402, 447, 509];
const WINDOWS = [0, 1, 2, 3].map((start) => weightsOver(PLACES.slice(start, start + 7)));

function noiseNear(f, x, widest) {
  for (let finest = 47; finest > 11; finest -= 5) {
    const near = lively(f, x, widest * 2 ** (5 - finest));
    if (near !== null) return 6 * Math.max(near, lively(f, x, 3 * widest * 2 ** (5 - finest)) || 0);
  }
  return 0;
}

// The scatter on both sides; of two that differ much the smaller, since the other has a kink in it. None where f does not move.
function lively(f, x, step) {
  const found = [1, -1].map((sign) => PLACES.map((place) => f(x + sign * place * step)))
    .filter((row) => row.every(Number.isFinite) && new Set(row).size > 5).map(scatter).sort((a, b) => a - b);
  if (found.length === 0) return null;
  return found[found.length - 1] < 100 * found[0] ? found[found.length - 1] : found[0];
}

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

// The weights of a divided difference of highest order, scaled so that noise keeps its size. Their sum is 0.
function weightsOver(places) {
  const weights = places.map((here) => 1 / places.reduce((product, other) => (other === here ? product : product * (here - other)), 1));
  return weights.map((one) => one / Math.hypot(...weights));
}
