// Training in the page: the engine makes the steps, the setting follows, the curve draws itself.
const train = { running: false, trainer: null, losses: [], theta: null, said: 0 };
const POINTS = 480;

function trainer() {
  const theta = engine.wrt.map((name) => setting.values[placeOf(name)]);
  const fresh = train.trainer === null || theta.some((value, place) => value !== train.trainer.theta[place]) || train.kind !== samplesNow();
  if (fresh) {
    if (train.kind !== samplesNow()) train.losses = [];
    train.kind = samplesNow();
    const rows = page.samples[$("samples").value] || null;
    train.trainer = engine.trainer(rows ? Float64Array.from(theta) : setting.values, rows, rate);
  }
  train.trainer.rate = rate;
  return train.trainer;
}

// What is trained on; with the present sample a change of an input is a change of the samples.
const samplesNow = () => $("samples").value + (page.samples[$("samples").value] ? "" : [...engine.places.inputs, ...engine.places.targets].map((place) => setting.values[place]).join());

function advance(count) {
  const one = trainer();
  const losses = one.step(count);
  for (const loss of losses) train.losses.push(loss);
  const values = Float64Array.from(setting.values);
  engine.places.wrt.forEach((place, k) => { values[place] = one.theta[k]; });
  const well = one.finite && one.theta.every(Number.isFinite) && take(values);
  drawn();
  if (well) return;
  halt();
  $("trained").textContent = say("train.lost", { steps: train.losses.length });
}

// The losses before each step, and the one after the last, where it is a number.
function curveOf() {
  const now = train.trainer === null ? NaN : train.trainer.loss();
  return Number.isFinite(now) ? [...train.losses, now] : train.losses;
}

function drawn() {
  const all = curveOf();
  const most = all.reduce((large, one) => Math.max(large, one), 0) || 1;
  const least = all.reduce((small, one) => Math.min(small, one), 0);
  const every = Math.max(1, Math.ceil(all.length / POINTS));
  const points = [];
  for (let at = 0; at < all.length; at += every) points.push(`${(46 + (426 * at) / Math.max(all.length - 1, 1)).toFixed(1)},${(122 - (110 * (all[at] - least)) / (most - least)).toFixed(1)}`);
  const curve = $("curve");
  curve.querySelector("polyline").setAttribute("points", points.join(" "));
  curve.querySelector(".most").textContent = all.length ? formatNumber(most, 2) : "";
  curve.querySelector(".least").textContent = all.length ? formatNumber(least, 2) : "";
  curve.querySelector(".count").textContent = all.length ? String(train.losses.length) : "";
  // A reader who listens is not to hear every frame.
  if (!train.running || performance.now() - train.said > 500) said();
}

function said() {
  train.said = performance.now();
  const last = curveOf().at(-1);
  $("trained").textContent = train.losses.length ? say("train.said", { steps: train.losses.length, loss: formatNumber(last, page.places) }) : say("train.none");
}

function run() {
  if (train.running) return halt();
  train.running = true;
  $("train-run").textContent = say("train.stop");
  let frames = 0;
  const turn = () => {
    if (!train.running) return;
    frames += 1;
    // Slowly at first, so that each step is seen; then as fast as a frame allows.
    advance(frames < 60 ? 1 : Math.min(40, Math.ceil((frames - 60) / 4) + 1));
    if (still()) setTimeout(() => requestAnimationFrame(turn), 400);
    else requestAnimationFrame(turn);
  };
  requestAnimationFrame(turn);
}

function halt() {
  train.running = false;
  $("train-run").textContent = say("train.run");
  said();
}

// Begins anew with other values.
function begin(values) {
  train.losses = [];
  train.trainer = null;
  halt();
  take(values());
  drawn();
}

// The setting with other parameters.
function withParameters(parameter) {
  const values = Float64Array.from(setting.values);
  for (const place of engine.places.wrt) values[place] = parameter(place);
  return values;
}

function watchTraining() {
  $("samples").addEventListener("change", writeAddress);
  $("train-step").addEventListener("click", () => { halt(); advance(1); });
  $("train-run").addEventListener("click", run);
  $("train-reset").addEventListener("click", () => begin(() => withParameters((place) => page.start[place])));
  $("train-draw").addEventListener("click", () => begin(() => withParameters(() => Math.round(400 * Math.random() - 200) / 100)));
}
