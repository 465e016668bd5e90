// The setting in the address bar: #by=w2&w1=0.25&rate=0.1&samples=xor has what differs from the start. Going back leaves the page, and forward
// brings the setting again.
let written = location.hash;

function hashNow() {
  const parts = setting.by ? [`by=${chosen().name}`] : [];
  engine.names.forEach((name, place) => { if (setting.values[place] !== page.start[place]) parts.push(`${name}=${setting.values[place]}`); });
  if (rate !== page.rate) parts.push(`rate=${rate}`);
  if ($("samples").value !== "here") parts.push(`samples=${$("samples").value}`);
  return parts.length ? `#${parts.join("&")}` : "";
}

let waiting = 0;
function writeAddress() {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    written = hashNow();
    history.replaceState(null, "", written || location.pathname + location.search);
  }, 300);
}

// The setting that an address asks for, or the part of it that does not fit.
function readAddress(hash) {
  const asked = { by: 0, rate: page.rate, samples: "here", values: Float64Array.from(page.start) };
  for (const part of hash.slice(1).split("&").filter(Boolean)) {
    const [name, typed = "", ...more] = part.split("=");
    if (more.length) return { wrong: part };
    const value = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(typed) ? Number(typed) : NaN;
    const place = placeOf(name);
    if (name === "by") asked.by = page.by.findIndex((one) => one.name === typed);
    else if (name === "samples" && Object.hasOwn(page.samples, typed)) asked.samples = typed;
    else if (name === "rate" && value > 0 && value <= MOST) asked.rate = value;
    else if (place >= 0 && Math.abs(value) <= MOST && fits(name, value)) asked.values[place] = value;
    else return { wrong: part };
    if (asked.by < 0) return { wrong: part };
  }
  const shares = page.shares.reduce((sum, name) => sum + asked.values[placeOf(name)], 0);
  if (page.shares.length && Math.abs(shares - 1) > 1e-9) return { wrong: page.shares.join(", ") };
  const { value, slopes } = engine.gradient(asked.values);
  return Number.isFinite(value) && slopes.every(Number.isFinite) ? { asked } : { wrong: hash.slice(1) };
}

// The address may also lead to an equation of the page, as its own links do.
const isPlace = () => [...document.querySelectorAll("[id]")].some((one) => `#${one.id}` === location.hash);

function openAddress() {
  if (location.hash !== written && !isPlace()) restore();
}

function restore() {
  const { asked, wrong } = readAddress(location.hash);
  $("refused").textContent = wrong === undefined ? "" : say("bad.address", { part: wrong.slice(0, 40) });
  if (!asked) return choose(0);
  rate = asked.rate;
  $("rate").value = rate;
  $("samples").value = asked.samples;
  setting.values = asked.values;
  choose(asked.by);
}
