// The codes on a turn in words. The page carries each coding as an empty item; its words are put in when its list is
// opened or shown beside the text.
import { word } from "../toast.js";

const strings = document.getElementById("lists-strings")?.dataset ?? {};

/** The name of an item's code with what the coding claims. */
const nameOf = ({ label, valence }) => (valence ? `${label} · ${strings[valence] ?? valence}` : label);

/** Put the words into an item that has none. With `isChosen` the name is a button. */
export function worded(li, { isChosen = false } = {}) {
  if (li.firstChild) return li;
  const { look, by, who, memo, translated } = li.dataset;
  const swatch = Object.assign(document.createElement("span"), { className: `swatch ${look}` });
  const name = document.createElement(isChosen ? "button" : "span");
  if (isChosen) name.type = "button";
  Object.assign(name, { className: "name", textContent: nameOf(li.dataset) });
  const whose = Object.assign(document.createElement("span"), { className: "by", textContent: by === undefined ? strings.you : who });
  if (memo !== undefined) whose.append(Object.assign(document.createElement("span"), { textContent: ` · ${strings.memo}` }));
  if (translated !== undefined) whose.append(` · ${strings.translation}`);
  const isToRemove = by === undefined && "remove" in strings;
  li.append(swatch, name, ...(isToRemove ? [remover(li.dataset.label)] : []), whose);
  return li;
}

function remover(code) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "is-small", textContent: strings.remove });
  button.dataset.remove = "";
  button.setAttribute("aria-label", word("removeCode", { code }, strings));
  return button;
}

/** The list under a turn, by its `.margin`. */
export function wordsIn(margin) {
  for (const li of margin.querySelectorAll("li[data-coding]")) worded(li);
}

// Somebody may open one before this is there.
for (const margin of document.querySelectorAll("#transcript .margin[open]")) wordsIn(margin);
// The event does not bubble.
document.getElementById("transcript")?.addEventListener("toggle", ({ target }) => {
  if (target.open && target.matches(".margin")) wordsIn(target);
}, { capture: true });
