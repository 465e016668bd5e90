// The steps one by one: every definition forward, then every factor backward to the result.
const player = { at: -1, timer: 0, shown: undefined };
const playing = () => player.timer !== 0;
const PACE = 1800;

// The cells of the line that begins with this left side.
function lineOf(left) {
  const cells = [left];
  for (let next = left.nextElementSibling; next && !next.matches(".left, .number"); next = next.nextElementSibling) cells.push(next);
  return cells;
}

// What marks the line that is told.
const beam = document.createElement("div");
beam.className = "beam";

function shineOn(cells) {
  const equation = cells[0].parentElement;
  const boxes = cells.filter((cell) => !cell.hidden).map((cell) => cell.getBoundingClientRect());
  const top = Math.min(...boxes.map((box) => box.top));
  const frame = equation.getBoundingClientRect().top;
  beam.style.top = `${top - frame - 3}px`;
  beam.style.height = `${Math.max(...boxes.map((box) => box.bottom)) - top + 6}px`;
  beam.style.width = `${equation.scrollWidth}px`;
  equation.append(beam);
}

function steps() {
  const equations = [...document.querySelectorAll("#forward .equation")];
  const lefts = equations.length ? [...equations[equations.length - 1].querySelectorAll(".left")] : [];
  const forward = page.forward.map((one) => ({ way: "forward", said: one.said, parts: one.parts, claims: [], cells: one.line < 0 ? [] : lineOf(lefts[one.line]) }));
  const section = sectionOf(chosen());
  const backward = [...section.querySelectorAll(".facts .left, .result .left")].flatMap((left) => {
    const own = left.querySelector("[data-c]");
    if (!own) return [];
    const claim = page.claims[own.dataset.c];
    return [{ way: "backward", said: claim.said, parts: claim.parts, claims: [Number(own.dataset.c)], cells: lineOf(left) }];
  });
  return [...forward, ...backward];
}

// What the step that is shown lights; nothing where none is.
function lightStep() {
  const one = player.shown;
  light(new Set(one ? one.parts : []), new Set(one ? one.claims : []));
}

function showStep(at) {
  // The beam stands in its equation, and is no part of a line.
  beam.remove();
  const all = steps();
  player.at = Math.max(-1, Math.min(at, all.length));
  const one = all[player.at];
  player.shown = one;
  lightStep();
  if (!one) {
    stop();
    $("step").textContent = "";
    if (player.at >= all.length) player.at = -1;
    return;
  }
  if (one.cells.length) {
    const fold = one.cells[0].closest("details");
    if (fold) fold.open = true;
    shineOn(one.cells);
    one.cells[0].scrollIntoView({ block: "center", inline: "nearest", behavior: still() ? "auto" : "smooth" });
  }
  $("step").textContent = say("step", { n: player.at + 1, count: all.length, way: say(`way.${one.way}`), what: one.said });
}

function stop() {
  clearInterval(player.timer);
  player.timer = 0;
  document.body.classList.remove("playing");
  $("play").textContent = say("play");
}

function play() {
  if (playing()) return stop();
  player.timer = setInterval(() => showStep(player.at + 1), PACE);
  document.body.classList.add("playing");
  $("play").textContent = say("pause");
  showStep(player.at + 1);
}

function watchPlayer() {
  $("play").addEventListener("click", play);
  $("back").addEventListener("click", () => { stop(); showStep(player.at - 1); });
  $("next").addEventListener("click", () => { stop(); showStep(player.at + 1); });
}
