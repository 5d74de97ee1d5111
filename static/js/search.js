// A found passage opens with its hits lit: the page's plain link leads to the turn, this adds the offsets.
function light() {
  for (const link of document.querySelectorAll("a[data-lit]")) {
    link.hash = `${link.hash.split("~")[0]}~${link.dataset.lit}`;
    link.removeAttribute("data-lit");
  }
}
light();
document.addEventListener("htmx:after:swap", light);
