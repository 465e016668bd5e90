// Training over all samples at once: {inputs, targets}, a row each; without samples on the setting itself.
function trainerOf(compiled, start, samples, rate, optimizer = compiled.optimizers[0].name) {
  const { names, places } = compiled;
  const method = optimizerNamed(compiled.optimizers, optimizer);
  const values = startOf(start, names.length, places.wrt);
  const mean = meanLoss(compiled, values, samples);
  const theta = Float64Array.from(places.wrt, (place) => values[place]);
  const slopes = new Float64Array(theta.length);
  const states = Array.from({ length: method.states }, () => new Float64Array(theta.length));
  const self = { theta, steps: 0, rate, finite: true, step, loss };

  // The mean loss at the parameters as they are.
  function loss() {
    for (let i = 0; i < theta.length; i += 1) values[places.wrt[i]] = theta[i];
    return mean(slopes);
  }

  // Makes n steps and gives their losses, each before its update; fewer where a loss or a slope stops being finite.
  function step(n) {
    const losses = new Float64Array(n);
    for (let done = 0; done < n; done += 1) {
      losses[done] = loss();
      self.finite = Number.isFinite(losses[done]) && slopes.every(Number.isFinite);
      if (!self.finite) return losses.slice(0, done);
      self.steps += 1;
      method.update(theta, slopes, self.steps, self.rate, states);
    }
    return losses;
  }

  return self;
}

function optimizerNamed(optimizers, name) {
  const found = optimizers.find((one) => one.name === name);
  if (found === undefined) throw new RangeError("no optimizer " + name + "; there is " + optimizers.map((one) => one.name).join(", "));
  return found;
}

// All givens: a whole setting as it is, parameters alone among zeros.
function startOf(start, count, places) {
  if (start.length === count) return Float64Array.from(start);
  const values = new Float64Array(count);
  places.forEach((place, k) => { values[place] = start[k]; });
  return values;
}

// A function that gives the mean loss over the samples at the parameters in ``values``, and writes its slopes.
function meanLoss(compiled, values, samples) {
  const varying = samples ? [...compiled.places.inputs, ...compiled.places.targets] : [];
  const rows = samples ? samples.inputs.map((row, n) => Float64Array.of(...row, ...samples.targets[n])) : [Float64Array.of()];
  const slopes = new Float64Array(compiled.wrt.length);
  return (means) => {
    let loss = 0;
    means.fill(0);
    for (const row of rows) {
      for (let i = 0; i < varying.length; i += 1) values[varying[i]] = row[i];
      loss += compiled.gradient(values, slopes);
      for (let i = 0; i < means.length; i += 1) means[i] += slopes[i];
    }
    for (let i = 0; i < means.length; i += 1) means[i] /= rows.length;
    return loss / rows.length;
  };
}
