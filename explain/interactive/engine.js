// The engine of the page. ``compiled`` has the functions that the recorded facts gave: each reads an array of the givens, in order.
function engineOf(compiled) {
  const { names, definitions, wrt, of, places } = compiled;

  const filled = (count, fill) => (values) => {
    const numbers = new Float64Array(count);
    fill(values, numbers);
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

  return {
    names, definitions, wrt, of, places, gradient, step, difference,
    forward: filled(definitions.length, compiled.forward),
    values: filled(compiled.expressions, compiled.quantities),
    optimizers: compiled.optimizers.map((one) => one.name),
    trainer: (...asked) => trainerOf(compiled, ...asked),
  };
}
