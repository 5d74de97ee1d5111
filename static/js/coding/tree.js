// The tree of codes: filter, one Tab stop with arrow keys, and the numbers of the hot codes.
import { fold } from "./find.js";

/** The codes as the page carries them on their buttons. */
export function codesOf(tree) {
  return [...tree.querySelectorAll("button.code")].map((button) => ({
    id: button.dataset.id,
    key: button.dataset.key,
    label: button.dataset.label,
    labels: button.dataset.labels.split("\n"),
    parent: button.dataset.parent,
    look: button.dataset.look,
    definition: button.dataset.definition,
    not: button.dataset.not,
    risk: "risk" in button.dataset,
  }));
}

/** `chosen(id)` hears a click or Enter on a code. */
export function openTree({ tree, filter, none, chosen }) {
  const rowOf = (li) => {
    const source = li.querySelector("button.code") ?? li;
    return { li, button: li.querySelector("button.code"), names: fold(`${source.dataset.labels} ${source.dataset.key ?? ""}`) };
  };
  let rows = [...tree.children].map(rowOf);
  const buttons = () => rows.filter(({ li, button }) => button && !li.hidden).map(({ button }) => button);

  function rove(to) {
    for (const { button } of rows) if (button) button.tabIndex = button === to ? 0 : -1;
  }

  /** A group stays while one of its own codes does. */
  function sift() {
    const wanted = fold(filter.value);
    let open = null;
    for (const row of rows) {
      if (!row.button) {
        row.li.hidden = Boolean(wanted);
        open = row;
        row.fits = wanted && row.names.includes(wanted);
        if (row.fits) row.li.hidden = false;
        continue;
      }
      row.li.hidden = Boolean(wanted) && !row.names.includes(wanted) && !open?.fits;
      if (!row.li.hidden && open) open.li.hidden = false;
    }
    const left = buttons();
    none.hidden = left.length > 0;
    rove(left[0]);
  }

  filter.addEventListener("input", sift);
  filter.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") buttons()[0]?.focus();
    else if (event.key === "Escape" && filter.value) { filter.value = ""; sift(); }
    else return;
    event.preventDefault();
  });
  tree.addEventListener("keydown", (event) => {
    const list = buttons();
    const at = list.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    if (to < 0) return void filter.focus();
    list[Math.min(list.length - 1, to)].focus();
  });
  tree.addEventListener("focusin", (event) => { if (event.target.matches("button.code")) rove(event.target); });
  // A press must not take the selection away from the text.
  tree.addEventListener("mousedown", (event) => event.preventDefault());
  tree.addEventListener("click", (event) => {
    const button = event.target.closest("button.code");
    if (button) chosen(button.dataset.id);
  });
  rove(buttons()[0]);

  return {
    /** Codes came or went. */
    again() {
      rows = [...tree.children].map(rowOf);
      sift();
    },
    number(slots) {
      for (const place of tree.querySelectorAll("[data-slot]")) place.textContent = slots.numberOf(place.dataset.slot) || "";
    },
    press(id) {
      for (const { button } of rows) button?.setAttribute("aria-pressed", String(button.dataset.id === id));
    },
  };
}
