// Short messages at the foot of the page; the region is a live one, so they are also spoken.
const strings = document.getElementById("app-strings")?.dataset ?? {};

/** Words of the page in its language: word("offline"), word("files", {n: 3}). */
export function word(name, values = {}, from = strings) {
  return (from[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** Show `text`; bad news stays until it is dismissed. `action` is {label, url} or {label, run}. */
export function toast(text, { bad = false, action = null } = {}) {
  const region = document.getElementById("toasts");
  if (!region || !text) return;
  for (const old of region.children) if (old.dataset.text === text) old.remove();
  const box = document.createElement("div");
  box.className = bad ? "toast is-bad" : "toast";
  box.dataset.text = text;
  const p = document.createElement("p");
  p.textContent = text;
  box.append(p);
  if (action?.url) {
    const link = document.createElement("a");
    Object.assign(link, { href: action.url, textContent: action.label, target: "_blank", rel: "noopener" });
    box.append(link);
  } else if (action?.run) {
    box.append(button(action.label, action.run));
  }
  if (bad) box.append(button(word("dismiss"), () => box.remove()));
  else setTimeout(() => box.remove(), 5000);
  region.append(box);
}

function button(label, run) {
  const b = document.createElement("button");
  b.type = "button";
  b.textContent = label;
  b.addEventListener("click", run);
  return b;
}
