// Whose codings and which codes are shown. The server decides what there is; this hides it on the page, and always says
// how much.
import { word } from "../toast.js";
import { cpLength } from "./offsets.js";

const ME = "";
const whose = (li) => li.dataset.by ?? ME;
const off = { coders: new Set(), codes: new Set() };

/** Whether the filter shows a coding, by its list item. */
export const isShown = (li) => !off.coders.has(whose(li)) && !off.codes.has(li.dataset.code);

/** `changed()` hears that what is shown is another. */
export function openLayers({ text, layer, changed }) {
  const strings = document.getElementById("layers-strings").dataset;
  const said = document.getElementById("layers-said");
  const boxes = { coders: document.getElementById("layers-coders"), codes: document.getElementById("layers-codes") };
  let isSifted = false;

  /** Every coding once, by its id: one that crosses turns is in several lists. */
  const codings = () => new Map([...text.root.querySelectorAll("li[data-coding]")].map((li) => [li.dataset.coding, li]));

  function tally(kind, all) {
    const found = new Map();
    for (const li of all.values()) {
      const id = kind === "coders" ? whose(li) : li.dataset.code;
      const known = found.get(id) ?? { n: 0, name: nameOf(kind, li) };
      known.n += 1;
      found.set(id, known);
    }
    // What is filtered away stays in the list though the last one of it is gone.
    for (const id of off[kind]) if (!found.has(id)) off[kind].delete(id);
    return [...found].sort(([a, x], [b, y]) => (a === ME ? -1 : b === ME ? 1 : x.name.localeCompare(y.name)));
  }

  function nameOf(kind, li) {
    if (kind === "coders") return whose(li) === ME ? strings.you : li.dataset.who;
    return document.querySelector(`#code-${CSS.escape(li.dataset.code)}`)?.dataset.label ?? li.dataset.label;
  }

  function list(kind, all) {
    const rows = tally(kind, all);
    const focused = boxes[kind].contains(document.activeElement) ? document.activeElement.value : null;
    for (const old of [...boxes[kind].querySelectorAll("label")]) old.remove();
    for (const [id, { n, name }] of rows) {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", value: id, checked: !off[kind].has(id) });
      box.addEventListener("change", () => {
        off[kind][box.checked ? "delete" : "add"](id);
        again();
      });
      label.append(box, ` ${word("count", { name, n }, strings)}`);
      boxes[kind].append(label);
      if (id === focused) box.focus({ preventScroll: true });
    }
    boxes[kind].hidden = !rows.length;
  }

  /** Hide in a turn what is filtered away, or show it again: list, stripes, and the tint by what is left. */
  function sift(turn) {
    const items = [...turn.querySelectorAll("li[data-coding]")];
    if (!items.length) return;
    const shown = new Set();
    for (const li of items) {
      li.hidden = !isShown(li);
      if (!li.hidden) shown.add(li.dataset.coding);
    }
    // A stripe is of one code and one coder.
    for (const bar of turn.querySelectorAll(".stripe")) bar.hidden = !shown.has(bar.dataset.codings.split(" ", 1)[0]);
    const left = items.filter((li) => !li.hidden).map((li) => [Number(li.dataset.s), Number(li.dataset.e)]);
    let at = Number(turn.dataset.o);
    for (const piece of turn.querySelector(".x").childNodes) {
      const end = at + cpLength(piece.textContent);
      if (piece.localName === "mark") piece.className = `d${Math.min(3, left.filter(([s, e]) => s < end && e > at).length)}`;
      at = end;
    }
  }

  function tell(all) {
    const others = new Set([...all.values()].map(whose).filter((id) => id !== ME)).size;
    const hidden = [...all.values()].filter((li) => !isShown(li)).length;
    const shown = layer === "all" ? word("all", { n: others }, strings) : strings.own;
    const line = `${shown} ${word("hidden", { n: hidden }, strings)}`;
    // Said anew only where it is another: it is read aloud.
    if (said.textContent !== line) said.textContent = line;
  }

  function again() {
    isSifted = true;
    for (const turn of text.root.querySelectorAll(".turn:has(li)")) sift(turn);
    const all = codings();
    list("coders", all);
    list("codes", all);
    tell(all);
    changed();
  }

  document.getElementById("layers-all").addEventListener("click", () => {
    off.coders.clear();
    off.codes.clear();
    again();
  });
  const details = document.querySelector("#layers details");
  details.addEventListener("toggle", () => { if (details.open) refresh([]); });

  /** Turns were drawn anew: what is filtered away is so in them too. */
  function refresh(ids) {
    if (layer === "own" && !isSifted && !details.open) return;
    if (isSifted) for (const id of ids) if (text.indexById(id) >= 0) sift(document.getElementById(id));
    const all = codings();
    if (details.open) {
      list("coders", all);
      list("codes", all);
    }
    tell(all);
  }
  tell(codings());

  return { refresh };
}
