// The derivation as LaTeX with the numbers now set: the templates have places for them.
async function templates() {
  const bytes = Uint8Array.from(atob(page.latex), (one) => one.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function numberText([place, need, style], plus) {
  const one = shown(numbers[place](), style === "n" ? "" : style);
  const power = one.power && `${one.base}^{${one.power.replace("−", "-")}}`;
  const size = [one.digits.replace("∞", "\\infty"), power].filter(Boolean).join(" \\cdot ");
  if (need === "a") return (plus && one.minus ? "- " : plus || "") + size;
  const whole = (one.minus ? "-" : "") + size;
  return (plus || "") + (fencedAt(need, one) ? `(${whole})` : whole);
}

function filled(piece, slots) {
  let text = piece;
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/917\.(\d{4})1((?:(?!917\.)[\s\S])*)917\.\1[0]/g, (whole, place, inner) => (conditions[Number(place)]() ? inner : ""));
  }
  return text.replace(/(\+ )?(?<![\d.])98\.(\d{3,})/g, (whole, plus, row) => {
    const slot = slots[Number(row)];
    if (!slot) return whole;
    return slot[3] !== "" ? formOf(shown(numbers[slot[0]](), slot[2] === "n" ? "" : slot[2]), slot[3]) : numberText(slot, plus);
  });
}

// Angles become brackets around parentheses, else parentheses.
function fenced(text) {
  const parts = text.split(/(\\[lr]angle)/);
  const open = [];
  parts.forEach((part, at) => {
    if (part === "\\langle") open.push(at);
    if (part !== "\\rangle") return;
    const from = open.pop();
    const square = parts.slice(from, at).join("").includes("(");
    parts[at] = square ? "]" : ")";
    if (from !== undefined) parts[from] = square ? "[" : "(";
  });
  return parts.join("");
}

async function latexNow() {
  const { pieces, slots, lists } = await templates();
  const told = lists[setting.by].filter(([condition]) => condition < 0 || conditions[condition]());
  return told.map(([, piece]) => fenced(filled(pieces[piece], slots))).join("\n\n").replace(/ {2,}/g, " ") + "\n";
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
