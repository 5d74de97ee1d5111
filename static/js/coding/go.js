// Going anywhere by a few letters: turns by number, codes to their next passage, acts of this page, pages.
import { word } from "../toast.js";
import { find, indexed } from "./find.js";

const MOST = 12;

/** `turns` is their number; `items()` gives [{label, names, keys, run}]; `turn(i)` goes to one; `left()` takes the focus. */
export function openGo({ dialog, turnOf, items, turn, left }) {
  const query = dialog.querySelector("#go-query");
  const list = dialog.querySelector("#go-options");
  const said = dialog.querySelector("#go-said");
  const tell = (name, values) => word(name, values, dialog.dataset);
  let index = [];
  let options = [];
  let at = 0;

  function results() {
    const typed = query.value.trim();
    if (!typed) return index.map((entry) => entry.code).filter((item) => item.isFirst).slice(0, MOST);
    const number = /^\d+$/.test(typed) ? turnOf(Number(typed)) : -1;
    const found = find(typed, index).slice(0, MOST);
    return number < 0 ? found : [{ label: tell("turn", { n: typed }), run: () => turn(number) }, ...found];
  }

  function option(item, k) {
    const li = document.createElement("li");
    li.className = "option";
    li.id = `go-${k}`;
    li.setAttribute("role", "option");
    const name = document.createElement("span");
    name.textContent = item.label;
    li.append(name);
    if (item.keys) li.append(Object.assign(document.createElement("kbd"), { textContent: item.keys }));
    li.addEventListener("click", () => { point(k); run(); });
    return li;
  }

  function point(k) {
    at = Math.max(0, Math.min(options.length - 1, k));
    for (const [n, li] of [...list.children].entries()) li.setAttribute("aria-selected", String(n === at && options.length > 0));
    const li = options.length ? list.children[at] : null;
    if (li) query.setAttribute("aria-activedescendant", li.id);
    else query.removeAttribute("aria-activedescendant");
    li?.scrollIntoView({ block: "nearest" });
  }

  function draw() {
    options = results();
    list.replaceChildren(...options.map(option));
    point(0);
    said.classList.toggle("vh", options.length > 0);
    said.textContent = options.length ? tell("found", { n: options.length }) : tell("none");
  }

  function run() {
    const item = options[at];
    if (!item) return;
    dialog.close();
    item.run();
  }

  query.addEventListener("input", draw);
  dialog.addEventListener("close", left);
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") run();
    else if (step) point((at + step + options.length) % Math.max(1, options.length));
    else return;
    event.preventDefault();
  });

  return () => {
    index = items().map((item) => indexed(item, [item.label, ...(item.names ?? [])]));
    query.value = "";
    dialog.showModal();
    draw();
    query.focus();
  };
}
