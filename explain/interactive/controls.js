// Sliders and fields: what is typed or dragged becomes the setting, or is refused beside its field.
const $ = (id) => document.getElementById(id);

function refused(field, message) {
  $(field.getAttribute("aria-describedby")).textContent = message;
  if (message) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

// A decimal number or a fraction of two; wide digits and a real minus sign are taken as well. NaN for anything else.
function numberIn(typed) {
  const plain = typed.normalize("NFKC").replaceAll("−", "-").replace("⁄", "/").trim();
  const [, above, below = "1"] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?: ?\/ ?(\d+\.?\d*|\.\d+))?$/i.exec(plain) || [];
  return Number(below) === 0 ? NaN : Number(above) / Number(below);
}

// The number that was typed, or why it is none.
function read(typed, last) {
  const said = { typed: typed.trim().slice(0, 20), last: formatNumber(last, page.places) };
  if (said.typed === "") return { wrong: say("bad.empty", said) };
  const value = numberIn(typed);
  const pointed = typed.normalize("NFKC").replace(",", ".");
  if (Number.isNaN(value) && !Number.isNaN(numberIn(pointed))) return { wrong: say("bad.comma", { ...said, point: minusOf(numberIn(pointed)) }) };
  if (Number.isNaN(value)) return { wrong: say("bad.text", said) };
  if (Math.abs(value) > MOST) return { wrong: say("bad.large", { ...said, most: MOST }) };
  return { value };
}

function outside(name, typed, last) {
  const [low, high] = page.bounds[name].map(minusOf);
  return say("bad.outside", { typed: typed.trim().slice(0, 20), low, high, of: page.loss, last: formatNumber(last, page.places) });
}

function typedInto(field, final) {
  const name = field.dataset.name;
  const last = setting.values[placeOf(name)];
  const { value, wrong } = read(field.value, last);
  if (wrong) return final && refused(field, wrong);
  if (!fits(name, value)) return final && refused(field, outside(name, field.value, last));
  if (!take(changed(name, value), refreshSoon)) return final && refused(field, say("bad.none", { typed: field.value, of: page.loss, last: formatNumber(last, page.places) }));
  refused(field, "");
}

let controls = [];
function findControls() {
  controls = engine.names.map((name) => ({ slider: $(`slide-${name}`), field: $(`type-${name}`), value: NaN, text: "" }));
  const fold = document.querySelector(".settings details");
  fold.addEventListener("toggle", () => { if (fold.open) showControls(); });
}

function showControls() {
  if (!document.querySelector(".settings details").open) return;
  controls.forEach((one, place) => {
    const value = setting.values[place];
    const { slider, field } = one;
    if (one.value === value && one.text === field.value) return;
    one.value = value;
    if (Math.abs(value) > Number(slider.max)) slider.max = Math.ceil(Math.abs(value));
    if (value < Number(slider.min)) slider.min = -Math.ceil(Math.abs(value));
    if (Number(slider.value) !== value && document.activeElement !== slider) slider.value = value;
    slider.setAttribute("aria-valuetext", formatNumber(value, page.places));
    if (document.activeElement !== field) {
      const rounded = formatNumber(value, page.places);
      field.value = rounded.includes("·") ? minusOf(Number(value.toPrecision(3))) : rounded;
      one.text = field.value;
      refused(field, "");
    }
  });
}

// The places and numbers of a sample of the page.
const sampleAt = (row) => [...engine.places.inputs, ...engine.places.targets].map((place, k) => [place, [...page.samples.file.inputs[row], ...page.samples.file.targets[row]][k]]);

function watchSample() {
  const chooser = $("sample");
  if (!chooser) return;
  chooser.addEventListener("change", () => {
    const values = Float64Array.from(setting.values);
    for (const [place, value] of sampleAt(chooser.selectedIndex)) values[place] = value;
    take(values);
  });
  afterwards.push(() => {
    chooser.selectedIndex = page.samples.file.inputs.findIndex((_, row) => sampleAt(row).every(([place, value]) => setting.values[place] === value));
  });
}

function watchControls() {
  findControls();
  watchSample();
  const form = document.querySelector(".settings");
  form.addEventListener("input", ({ target }) => {
    if (target.type === "range") {
      const field = $(`type-${target.dataset.name}`);
      if (take(changed(target.dataset.name, Number(target.value)), refreshSoon)) return refused(field, "");
      const last = setting.values[placeOf(target.dataset.name)];
      refused(field, say("bad.none", { typed: target.value, of: page.loss, last: formatNumber(last, page.places) }));
      target.value = last;
    } else if (target.type === "text") typedInto(target, false);
  });
  form.addEventListener("change", ({ target }) => { if (target.type === "text") typedInto(target, true); });
  form.addEventListener("submit", (event) => event.preventDefault());
  $("reset").addEventListener("click", () => {
    rate = page.rate;
    $("rate").value = rate;
    refused($("rate"), "");
    begin(() => Float64Array.from(page.start));
  });
  $("rate").addEventListener("input", () => rated(false));
  $("rate").addEventListener("change", () => rated(true));
}

function rated(final) {
  const field = $("rate");
  const { value, wrong } = read(field.value, rate);
  if (wrong || value <= 0) return final && refused(field, wrong || say("bad.rate", { last: rate }));
  refused(field, "");
  rate = value;
  refresh();
}
