// Choosing a variable, and lighting what belongs together: a derivative in the text and its place in the picture.
const chosen = () => page.by[setting.by];
const sectionOf = (one) => $(`by-${one.name}`);
const parts = () => [...document.querySelectorAll("#picture .part")];

function choose(by, scroll = false) {
  setting.by = by;
  stop();
  showStep(-1);
  const section = sectionOf(chosen());
  // What several derivations share stands in the one that is shown.
  for (const fact of section.dataset.facts.split(" ").filter(Boolean)) section.querySelector(".facts").append($(`fact-${fact}`));
  showResult(section);
  page.by.forEach((one) => { sectionOf(one).hidden = one !== chosen(); });
  const radio = document.querySelector(`input[name=by][value="${chosen().name}"]`);
  if (radio) radio.checked = true;
  for (const part of parts()) {
    part.classList.toggle("path", chosen().parts.includes(part.dataset.part));
    if (part.classList.contains("choice")) part.setAttribute("aria-pressed", String(part.dataset.part === chosen().name));
  }
  rove(document.querySelector("#picture .choice[aria-pressed=true]"));
  const factors = [...section.querySelectorAll(".chain [data-c]")];
  factors.forEach((factor, place) => { factor.tabIndex = place === 0 ? 0 : -1; });
  watch([...document.querySelectorAll("#picture, #forward, .now"), section]);
  refresh();
  if (scroll) section.scrollIntoView({ block: "start", behavior: still() ? "auto" : "smooth" });
}

// The derivative that was chosen and its number, where they are always seen.
function showResult(section) {
  const claim = `[data-c="${chosen().claim}"]`;
  const name = (section.querySelector(`mfrac${claim}`) || section.querySelector(claim) || element("mtext", chosen().said)).cloneNode(true);
  name.removeAttribute("tabindex");
  name.classList.remove("lit");
  const number = element("mrow", "");
  number.dataset.v = chosen().number;
  $("result").replaceChildren(name, element("mo", "="), number);
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Which element of a group the tabulator key stops at.
function rove(target) {
  if (!target) return;
  for (const one of document.querySelectorAll("#picture .choice")) one.setAttribute("tabindex", one === target ? "0" : "-1");
}

function light(names, claims) {
  for (const part of parts()) part.classList.toggle("lit", names.has(part.dataset.part));
  for (const one of document.querySelectorAll("main [data-c]")) one.classList.toggle("lit", claims.has(Number(one.dataset.c)));
}

function pointedAt(target) {
  const factor = target.closest && target.closest("[data-c]");
  if (factor) return light(new Set(page.claims[factor.dataset.c].parts), new Set([Number(factor.dataset.c)]));
  const number = target.closest && target.closest("main [data-v]");
  if (number) {
    const [names, claim] = page.shows[number.dataset.v];
    return names.length ? light(new Set(names), new Set([claim])) : lightStep();
  }
  const part = target.closest && target.closest("#picture .part");
  if (!part) return lightStep();
  const name = part.dataset.part;
  const own = page.claims.flatMap(({ parts: all }, place) => (all.length === 1 && all[0] === name ? [place] : []));
  light(new Set([name]), new Set(own));
}

function stepAmong(list, event) {
  const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!way) return null;
  event.preventDefault();
  const next = list[(list.indexOf(event.target) + way + list.length) % list.length];
  list.forEach((one) => one.setAttribute("tabindex", one === next ? "0" : "-1"));
  next.focus();
  return next;
}

// A unit whose mask is 0 is drawn as left out.
function showMasks() {
  for (const part of parts()) {
    const mask = Object.keys(page.masks).find((one) => page.masks[one] === part.dataset.part);
    if (mask) part.classList.toggle("dropped", setting.values[placeOf(mask)] === 0);
  }
}

// Does the derivation begin where the reader does not see it?
function outOfSight() {
  const { top } = sectionOf(chosen()).getBoundingClientRect();
  return top < 0 || top > 0.85 * innerHeight;
}

function watchPicture() {
  if (Object.keys(page.masks).length) afterwards.push(showMasks);
  for (const known of document.querySelectorAll(".known")) known.hidden = true;
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, ({ target }) => pointedAt(target));
  const picture = $("picture");
  const pick = (target) => {
    const part = target.closest(".choice");
    if (part) choose(page.by.findIndex((one) => one.name === part.dataset.part), outOfSight());
  };
  picture.addEventListener("click", ({ target }) => pick(target));
  picture.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(event.target); }
    else stepAmong(page.by.map((one) => picture.querySelector(`.choice[data-part="${one.name}"]`)).filter(Boolean), event);
  });
  document.querySelector("main").addEventListener("keydown", (event) => {
    if (event.target.dataset && event.target.dataset.c !== undefined) stepAmong([...sectionOf(chosen()).querySelectorAll(".chain [data-c]")], event);
  });
  const chooser = document.querySelector(".chooser");
  if (chooser) chooser.addEventListener("change", ({ target }) => choose(page.by.findIndex((one) => one.name === target.value), true));
}
