// The passage column: the words at hand and the codes on the current turn.
import { word } from "../toast.js";
import { isShown } from "./layers.js";
import { worded } from "./lists.js";

const LONGEST = 600;
const wide = matchMedia("(min-width: 72.01rem)");

/** The codings that are shown. */
export const codingsIn = (root) => [...root.querySelectorAll("li[data-coding]")].filter(isShown);

/** A coding as its list item carries it. */
export function codingOf(li) {
  return {
    id: li.dataset.coding,
    start: Number(li.dataset.s),
    end: Number(li.dataset.e),
    code: li.dataset.code,
    valence: li.dataset.valence || null,
    weight: Number(li.dataset.weight) || null,
    unsure: "unsure" in li.dataset,
    mine: !("by" in li.dataset),
    label: li.dataset.label,
  };
}

/**
 * `shown(li)` hears which coding is chosen, the first of several. `light(ids)` lights up codings by id, [] puts the light out; `left()` takes the focus when the list runs empty.
 * `picked(id)` hears which coding somebody chose.
 */
export function openPanel({ text, strings, light, left, picked = () => {}, shown = () => {} }) {
  const list = document.getElementById("codes-on-turn");
  const none = document.getElementById("no-codes-here");
  const box = document.getElementById("passage");
  const quote = document.getElementById("quote-now");
  const thumb = document.getElementById("thumb");
  let chosen = [];

  let drawn = null;

  function turn(i, caret) {
    // A turn that was drawn anew is another element.
    const now = i < 0 ? null : text.element(i);
    if (drawn && drawn.now === now && drawn.caret === caret) return;
    drawn = { now, caret };
    const here = i < 0 ? [] : codingsIn(text.element(i));
    const over = (li) => caret !== null && Number(li.dataset.s) <= caret && caret < Number(li.dataset.e);
    const sorted = [...here].sort((a, b) => over(b) - over(a));
    const at = [...list.children].findIndex((li) => li.contains(document.activeElement));
    const id = list.children[at]?.dataset.coding;
    list.replaceChildren(...sorted.map((li) => named(li.cloneNode())));
    // The coding that had the focus may stand at another place now.
    const same = sorted.findIndex((li) => li.dataset.coding === id);
    if (at >= 0) keepFocus(same >= 0 ? same : at);
    none.hidden = here.length > 0;
    if (i >= 0 && !here.length) none.textContent = word("nothingHere", {}, strings);
    const still = chosen.filter((id) => here.some((li) => li.dataset.coding === id));
    choose(still.length ? still : caret === null ? [] : here.filter(over).map((li) => li.dataset.coding));
  }

  function keepFocus(at) {
    const li = list.children[Math.min(at, list.children.length - 1)];
    if (li) (li.querySelector("[data-remove]") ?? li.querySelector("button")).focus({ preventScroll: true });
    else left();
  }

  function named(li) {
    const name = worded(li, { isChosen: true }).querySelector(".name");
    name.addEventListener("click", () => { choose([li.dataset.coding]); picked(li.dataset.coding); });
    return li;
  }

  function choose(ids) {
    chosen = ids;
    for (const li of codingsIn(list)) li.classList.toggle("is-spot", ids.includes(li.dataset.coding));
    light(ids);
    shown(ids.length ? list.querySelector(`[data-coding="${ids[0]}"]`) : null);
  }

  function passage(held) {
    document.getElementById("no-passage").hidden = Boolean(held);
    box.hidden = !held;
    thumb.classList.toggle("is-on", Boolean(held));
    if (!held) return;
    const words = text.slice(...held);
    quote.textContent = words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
    quote.lang = text.body(text.indexAt(held[0])).lang;
  }

  // With the column in sight the margin points to it; else the list opens under the turn.
  text.root.addEventListener("click", (event) => {
    const summary = event.target.closest(".margin > summary");
    if (!summary || !wide.matches) return;
    event.preventDefault();
    const bar = event.target.closest(".stripe");
    choose(bar ? bar.dataset.codings.split(" ") : []);
    if (!bar && event.detail === 0) list.querySelector("button")?.focus();
  });

  return {
    turn, passage, choose,
    chosen: () => chosen,
    /** What is shown of the same turn is another. */
    forget() { drawn = null; },
  };
}
