// The derivation as LaTeX with the numbers now set: the templates have places for them.
async function templates() {
  const bytes = Uint8Array.from(atob(page.latex), (one) => one.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

const NEEDS = ["", "f", "w", "a"];
const STYLES = ["", "t", "s", "p"];

function numberText(place, need, style, plus) {
  const one = shown(numbers[Number(place)](), STYLES[style]);
  const power = one.power && `${one.base}^{${one.power.replace("−", "-")}}`;
  const size = [one.digits.replace("∞", "\\infty"), power].filter(Boolean).join(" \\cdot ");
  if (NEEDS[need] === "a") return (plus && one.minus ? "- " : plus || "") + size;
  const whole = (one.minus ? "-" : "") + size;
  return (plus || "") + (fencedAt(NEEDS[need], one) ? `(${whole})` : whole);
}

function filled(piece, forms) {
  let text = piece;
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/917\.(\d{4})1((?:(?!917\.)[\s\S])*)917\.\1[0]/g, (whole, place, inner) => (conditions[Number(place)]() ? inner : ""));
  }
  return text.replace(/(\+ )?918\.(\d{4})(\d)(\d)(\d\d)?/g, (whole, plus, place, need, style, form) => {
    if (Number(need) < NEEDS.length) return numberText(place, need, style, plus) + (form || "");
    const one = shown(numbers[Number(place)](), STYLES[style]);
    const list = forms[Number(form)].split("/");
    return one.power ? list[10] : list[Number(one.digits.slice(-1))];
  });
}

async function latexNow() {
  const { pieces, forms, lists } = await templates();
  const told = lists[setting.by].filter(([condition]) => condition < 0 || conditions[condition]());
  return told.map(([, piece]) => filled(pieces[piece], forms)).join("\n\n").replace(/ {2,}/g, " ") + "\n";
}

function watchCopying() {
  $("copy").addEventListener("click", async () => {
    const latex = await latexNow();
    try {
      await navigator.clipboard.writeText(latex);
      $("copied").textContent = say("copied");
    } catch {
      const area = document.createElement("textarea");
      area.value = latex;
      area.rows = 12;
      area.readOnly = true;
      area.setAttribute("aria-label", say("copy"));
      document.querySelector(".copying textarea")?.remove();
      $("copied").textContent = say("uncopied");
      document.querySelector(".copying").append(area);
      area.select();
    }
  });
}
