// Numbers that are put into an expression are hidden where they, rounded as they are printed, do not come to its value (roundings.py).
const r = (x) => Number(roundedAs(x, "toFixed", page.places));

function comesTo(value, rounded) {
  const size = Math.abs(value);
  if (size === 0 || (size > 10 ** (2 - page.places) && size < 2 * page.places)) return true;
  return Math.abs(rounded() - value) <= size / 2;
}

// The elements that stand between the number at the end of a line and what it is the value of, if numbers were put in there.
function insertedBefore(number) {
  const isEquals = (one) => one !== null && one.localName === "mo" && one.textContent === "=";
  if (!isEquals(number.previousElementSibling)) return [];
  const found = [];
  for (let one = number.previousElementSibling.previousElementSibling; one !== null; one = one.previousElementSibling) {
    found.unshift(one);
    if (isEquals(one)) return found;
  }
  for (let line = number.closest(".right").previousElementSibling; found.length < 9 && line !== null && line.matches(".right"); line = line.previousElementSibling) {
    found.unshift(line);
    if (isEquals(line.firstElementChild.firstElementChild)) return found;
  }
  return [];
}

// In an element: what is hidden together, and what decides it.
function insertedIn(root) {
  return putIn.flatMap(([place, rounded]) => [...root.querySelectorAll(`.right > math > [data-v="${place}"]:last-child`)]
    .map((number) => ({ place, rounded, cells: insertedBefore(number) })))
    .filter(({ cells }) => cells.some((one) => one.matches("[data-v]") || one.querySelector("[data-v]")));
}

function showInserted({ place, rounded, cells }) {
  const hidden = !comesTo(numbers[place](), rounded);
  for (const one of cells) one.toggleAttribute("hidden", hidden);
}
