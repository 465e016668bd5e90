// Shows what only a script can do, and begins.
let saying = 0;
let folded = false;
function sayResult() {
  clearTimeout(saying);
  const number = numbers[chosen().number];
  const now = say("now", { what: chosen().said, value: formatNumber(number(), page.places) });
  saying = setTimeout(() => text($("said"), now), 250);
}

for (const one of document.querySelectorAll("[hidden]")) if (!("w" in one.dataset)) one.hidden = false;
wordVariants();
watchControls();
watchPicture();
watchPlayer();
watchTraining();
watchCopying();
afterwards.push(sayResult, writeAddress);
addEventListener("hashchange", openAddress);
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); document.querySelector("main").focus(); });
// On paper nothing is folded away.
addEventListener("beforeprint", () => { folded = !$("forward").open; $("forward").open = true; rewrite(); });
addEventListener("afterprint", () => { $("forward").open = !folded; });
document.documentElement.classList.add("live");
for (const one of document.querySelectorAll(".settings details")) one.open = innerWidth > 640;
$("forward").open = page.by.length === 1;
$("forward").addEventListener("toggle", rewrite);
if (isPlace()) choose(0);
else restore();
