// Numbers as the page writes them: the same digits as explain/numbers.py gives for every float.

// Exactly between two roundings Python takes the even digit, JavaScript the one that is further from 0.
function roundedAs(x, method, digits) {
  "use strict";
  const usual = x[method](digits);
  const [long, power] = x[method](Math.min(digits + 70, 100)).split("e");
  const cut = long.indexOf(".") + 1 + digits;
  const below = long.slice(0, cut).replace(/\.$/, "");
  return /^50*$/.test(long.slice(cut)) && /[02468]$/.test(below) ? below + (power ? "e" + power : "") : usual;
}

// The digits of a number and, for very large or small ones, its power of ten: ["1.2346", null], ["3.2", -5].
function numeral(x, places) {
  "use strict";
  if (!Number.isFinite(x)) return [Number.isNaN(x) ? "–" : x < 0 ? "-∞" : "∞", null];
  if (x === 0) return ["0", null];
  const size = Math.abs(x);
  const far = size >= 1e9 || size < Number(`1e-${places}`) / 2;
  const text = far ? roundedAs(x, "toExponential", Math.max(places - 1, 0)) : roundedAs(x, "toFixed", places);
  const [digits, exponent] = text.split("e");
  const exact = Math.abs(x - Number(text)) <= 1e-13 * size && digits.includes(".");
  return [exact ? digits.replace(/\.?0*$/, "") : digits, exponent === undefined ? null : Number(exponent)];
}

// The same as one text: "−0.45", "3.2·10⁻⁵".
function formatNumber(x, places) {
  "use strict";
  const [digits, exponent] = numeral(x, places);
  const raised = [...String(exponent)].map((one) => (one === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[one])).join("");
  return digits.replace("-", "−") + (exponent === null ? "" : "·10" + raised);
}
