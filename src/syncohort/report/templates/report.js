// The page works without this: it marks the section in view, folds the contents on phones and copies text.
const contents = document.querySelector(".contents details");
const narrow = matchMedia("(max-width: 64rem)");
const fold = () => { contents.open = !narrow.matches; };
narrow.addEventListener("change", fold);
fold();
contents.addEventListener("click", (event) => {
  if (narrow.matches && event.target.closest("a")) contents.open = false;
});

const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
const targets = [...links.keys()].map((id) => document.getElementById(id));
const mark = () => {
  const current = targets.findLast((target) => target.getBoundingClientRect().top < innerHeight / 3) ?? targets[0];
  for (const [id, link] of links) {
    if (id === current.id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};
addEventListener("scroll", mark, { passive: true });
mark();

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
    button.textContent = "Copied";
  });
}

for (const viewer of document.querySelectorAll(".viewer")) {
  const [slice, modality, overlay] = ["slice", "modalities", "overlay"].map((name) => viewer.querySelector(`[data-${name}]`));
  viewer.querySelector(".controls").hidden = false;
  const show = () => {
    viewer.style.setProperty("--slice", slice.value);
    for (const sheet of viewer.querySelectorAll("[data-key]")) sheet.hidden = sheet.dataset.key !== modality.value;
    for (const label of viewer.querySelectorAll(".overlay")) label.hidden = !overlay.checked;
  };
  for (const control of [slice, modality, overlay]) control.addEventListener("input", show);
  show();
}

let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("main details:not([open])")];
  for (const details of folded) details.open = true;
});
addEventListener("afterprint", () => { for (const details of folded) details.open = false; });
