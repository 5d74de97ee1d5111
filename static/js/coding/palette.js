// The list of codes, opened beside the passage and never over it: type to find, Enter to code.
import { word } from "../toast.js";
import { find } from "./find.js";

const GAP = 10;
const LEAST = 240;
// Narrower than this the list is a sheet at the foot; the passage stays between it and the tool bar.
const NARROW = 640;
const HEAD = 64;
const LONGEST_NAME = 80;

/** Where a box of `size` goes so that `passage` stays visible: beside the column, under, over, or under after a scroll. */
export function placeBeside(passage, column, size, view) {
  if (view.width <= NARROW) {
    const height = Math.min(size.height, Math.max(LEAST, view.height / 2));
    const top = view.height - height;
    const most = passage.top - HEAD;
    return { left: 0, top, height, scroll: Math.min(most, Math.max(0, passage.bottom + GAP - top)) };
  }
  const top = Math.max(GAP, Math.min(passage.top, view.height - size.height - GAP));
  if (column.right + GAP + size.width + GAP <= view.width) return { left: column.right + GAP, top, height: size.height, scroll: 0 };
  const left = Math.max(GAP / 2, Math.min(passage.left, view.width - size.width - GAP / 2));
  const under = view.height - passage.bottom - 2 * GAP;
  const over = passage.top - 2 * GAP;
  if (under >= Math.min(size.height, LEAST) || (under >= over && under >= LEAST)) {
    return { left, top: passage.bottom + GAP, height: Math.min(size.height, under), scroll: 0 };
  }
  if (over >= LEAST) {
    const height = Math.min(size.height, over);
    return { left, top: passage.top - GAP - height, height, scroll: 0 };
  }
  const height = Math.min(size.height, LEAST);
  return { left, top: view.height - height - GAP, height, scroll: passage.bottom + 2 * GAP + height - view.height };
}

/**
 * `index` are indexed codes, `box()` gives {passage, column} rectangles, `chosen(code, valence, stays)` applies.
 * `words()` are the selected words; `proposed(name)` makes a code of this name and answers with it, or with a sentence.
 */
export function openPalette({ dialog, index, slots, strings, box, words, chosen, proposed, closed }) {
  const query = dialog.querySelector("#palette-query");
  const list = dialog.querySelector("#palette-options");
  const help = dialog.querySelector("#palette-help");
  const said = dialog.querySelector("#palette-said");
  const propose = dialog.querySelector("#palette-propose");
  const problem = dialog.querySelector("#palette-problem");
  let busy = false;
  let options = [];
  let at = 0;

  const valence = () => dialog.querySelector("input[name=valence]:checked")?.value || null;

  function results() {
    if (query.value.trim()) {
      const newest = slots.newest();
      return find(query.value, index, (code) => (newest.includes(code.id) ? 4 - newest.indexOf(code.id) / 4 : 0));
    }
    const recent = slots.newest().slice(0, 5);
    const all = index.map((entry) => entry.code);
    return [...recent.map((id) => all.find((code) => code.id === id)), ...all.filter((code) => !recent.includes(code.id))];
  }

  function part(tag, className, content = "") {
    const el = document.createElement(tag);
    if (className) el.className = className;
    el.textContent = content;
    return el;
  }

  function option(code, k) {
    const li = part("li", "option");
    li.id = `option-${k}`;
    li.setAttribute("role", "option");
    li.setAttribute("aria-selected", "false");
    const name = part("span", "", code.label);
    if (code.risk) name.append(" ", part("span", "risk", word("risk", {}, strings)));
    li.append(part("span", `swatch ${code.look}`), name);
    const number = slots.numberOf(code.id);
    li.append(number ? part("kbd", "", String(number)) : part("span", ""));
    if (code.parent) li.append(part("span", "where", code.parent));
    li.addEventListener("click", (event) => { point(k); pick(event.shiftKey); });
    return li;
  }

  function point(k) {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = Math.max(0, Math.min(options.length - 1, k));
    const li = list.children[at];
    help.replaceChildren();
    if (!li) {
      query.removeAttribute("aria-activedescendant");
      help.append(part("p", "muted", word("noneFound", {}, strings)));
      return;
    }
    li.setAttribute("aria-selected", "true");
    li.setAttribute("aria-describedby", "palette-help");
    query.setAttribute("aria-activedescendant", li.id);
    // Asking where an element stands makes the browser lay out the whole page at once.
    if (at) li.scrollIntoView({ block: "nearest" });
    else list.scrollTop = 0;
    const code = options[at];
    if (code.definition) help.append(part("p", "", code.definition));
    if (code.not) {
      const p = part("p", "");
      p.append(part("strong", "", word("notWhen", {}, strings)), " ", code.not);
      help.append(p);
    }
  }

  function draw() {
    options = results();
    list.replaceChildren(...options.map(option));
    at = 0;
    point(0);
    said.textContent = word("found", { n: options.length }, strings);
    problem.textContent = "";
    const name = nameNow();
    propose.hidden = !name || options.some((code) => code.label.toLowerCase() === name.toLowerCase());
    propose.textContent = word("propose", { name }, strings);
    place();
  }

  /** What a new code would be called: what was typed, else the selected words. */
  function nameNow() {
    const name = (query.value.trim() || words()).replace(/\s+/gu, " ").trim();
    return [...name].slice(0, LONGEST_NAME).join("");
  }

  async function proposeNow() {
    const name = nameNow();
    if (!name || busy) return;
    busy = true;
    propose.setAttribute("aria-busy", "true");
    const made = await proposed(name);
    busy = false;
    propose.removeAttribute("aria-busy");
    if (typeof made === "string") {
      problem.textContent = made;
      place();
    } else if (dialog.open) {
      chosen(made, valence(), false);
      close(true);
    }
  }

  /** With `moves` the page is scrolled where the list would lie over the passage. */
  function place({ moves = true } = {}) {
    if (!dialog.open) return;
    dialog.style.height = "";
    const seen = globalThis.visualViewport;
    const { passage, column } = box();
    const view = { width: document.documentElement.clientWidth, height: seen && seen.scale === 1 ? seen.height : innerHeight };
    dialog.classList.toggle("is-sheet", view.width <= NARROW);
    const spot = placeBeside(passage, column, { width: dialog.offsetWidth, height: dialog.offsetHeight }, view);
    dialog.style.left = `${Math.round(spot.left)}px`;
    dialog.style.top = `${Math.round(spot.top)}px`;
    dialog.style.height = spot.height < dialog.offsetHeight ? `${Math.round(spot.height)}px` : "";
    if (moves && spot.scroll) scrollBy(0, spot.scroll);
  }

  function pick(stays) {
    const code = options[at];
    if (!code) return;
    chosen(code, valence(), stays);
    if (!stays) return close(true);
    query.value = "";
    draw();
    query.focus();
    return undefined;
  }

  function close(applied = false) {
    if (!dialog.open) return;
    dialog.close();
    closed(applied);
  }

  query.addEventListener("input", draw);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target.closest("button")) return;
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) proposeNow();
    else if (event.key === "Enter") pick(event.shiftKey);
    else if (event.target === query && steps[event.key]) {
      const wraps = Math.abs(steps[event.key]) === 1;
      point(wraps ? (at + steps[event.key] + options.length) % Math.max(1, options.length) : at + steps[event.key]);
    } else return;
    event.preventDefault();
  });
  dialog.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !dialog.contains(event.relatedTarget)) close();
  });
  document.addEventListener("pointerdown", (event) => { if (dialog.open && !dialog.contains(event.target)) close(); });
  propose.addEventListener("click", proposeNow);
  addEventListener("resize", () => place());
  globalThis.visualViewport?.addEventListener("resize", () => place());

  return {
    isOpen: () => dialog.open,
    place,
    /** `marked` selects what is typed already, so that typing replaces it. */
    open(typed = "", { marked = false } = {}) {
      query.value = typed;
      const none = dialog.querySelector("input[name=valence][value='']");
      if (none) none.checked = true;
      if (!dialog.open) dialog.show();
      draw();
      query.focus({ preventScroll: true });
      query.setSelectionRange(marked ? 0 : typed.length, typed.length);
    },
    close,
  };
}
