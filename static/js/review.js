// Keys of the anonymisation review: they press the page's own buttons, so the server sees the same forms.
// A place is form[data-finding] (data-done: nothing is left to say there); a part of the text is [data-part].
import { chosen } from "./review-selection.js";

const page = () => document.getElementById("review");
const store = `review:${location.pathname}`;
const isRest = () => page()?.dataset.pass === "rest";
const isSeen = (el) => el.checkVisibility();
const places = () => [...document.querySelectorAll("form[data-finding]")].filter(isSeen);
const stops = () => (isRest() ? [...document.querySelectorAll("[data-part]")] : places());
const keyOf = (el) => el.dataset.finding ?? `part-${el.dataset.part}`;
const isDone = (el) => (isRest() ? !el.querySelector("form.part-end") : "done" in el.dataset);
const isBusy = () => page()?.getAttribute("aria-busy") === "true";
const busy = (is) => page()?.setAttribute("aria-busy", String(is));
const saved = JSON.parse(sessionStorage.getItem(store) ?? "{}");
let current = saved.current ?? null;
const history = saved.history ?? [];
let acted = null;

function remember() {
  sessionStorage.setItem(store, JSON.stringify({ current, history: history.slice(-50) }));
}

function show(el, { focus = true } = {}) {
  for (const old of document.querySelectorAll(".is-current")) old.classList.remove("is-current");
  if (!el) return;
  current = keyOf(el);
  remember();
  el.classList.add("is-current");
  el.tabIndex = -1;
  if (focus) el.focus({ preventScroll: true });
  el.scrollIntoView({ block: isRest() ? "start" : "nearest" });
}

const here = () => stops().find((el) => keyOf(el) === current);

function step(by) {
  const all = stops();
  const at = all.findIndex((el) => keyOf(el) === current);
  const open = all.findIndex((el) => !isDone(el));
  show(all[at < 0 ? Math.max(0, open) : Math.max(0, Math.min(all.length - 1, at + by))]);
}

const button = (form, ...values) => values.map((value) => form?.querySelector(`button[name=decision][value=${value}]`)).find(Boolean);

function press(...values) {
  const form = here();
  const found = button(form, ...values);
  if (!found || found.disabled) return;
  act(found);
}

function pressAll(...values) {
  const form = here()?.closest("[data-thing]")?.querySelector("form[data-all]");
  const found = button(form, ...values);
  if (!found) return press(...values.map((value) => value.replace("_all", "")));
  act(found);
}

const levels = () => [...(here()?.closest("[data-thing]")?.querySelectorAll("form[data-levels] button") ?? [])];

// A digit tells a thing more or less closely, at every place of it; of a theme 1 replaces it and 0 leaves it out.
function level(number, shift) {
  if (!number || isRest()) return false;
  if (here()?.matches(".tier-c")) {
    const does = { 1: "accept", 0: "remove" }[number];
    if (does) (shift ? pressAll : press)(shift ? `${does}_all` : does);
    return Boolean(does);
  }
  const found = levels().find((one) => one.dataset.digit === number);
  if (found) tell(found);
  return Boolean(found);
}

function nextLevel() {
  const all = levels();
  if (all.length) tell(all[(all.findIndex(isPressed) + 1) % all.length]);
}

const isPressed = (one) => one.getAttribute("aria-pressed") === "true";

function tell(pressed) {
  noteLevel(pressed);
  pressed.click();
}

function noteLevel(pressed) {
  const before = [...pressed.form.querySelectorAll("button")].find(isPressed);
  if (before && before !== pressed) history.push([pressed.form.elements.thing.value, before.value, page().dataset.pass, here()?.dataset.finding]);
  acted = { finding: here()?.dataset.finding ?? pressed.form.elements.thing.value, next: null };
  remember();
}

/** The level that stood there before stands again. */
function undoLevel() {
  const [thing, value, pass, finding] = history.pop();
  remember();
  const found = document.querySelector(`#g-${CSS.escape(thing)} form[data-levels] button[value="${value}"]`);
  if (!found) return void location.assign(`${location.pathname}?pass=${pass}&group=${thing}`);
  acted = { finding: finding ?? thing, next: null };
  found.click();
}

/** What names a person stays only with a reason: the field for it, where that is empty. */
function missingReason(pressed) {
  const field = pressed.form.querySelector("[name=reason]");
  return pressed.value.startsWith("keep") && pressed.closest(".tier-a") && !field?.value.trim() ? field : null;
}

function act(pressed) {
  const reason = missingReason(pressed);
  if (reason) return void open(reason);
  note(pressed);
  pressed.click();
}

// What was done, for U; which place comes next, for the focus after the swap.
function note(pressed) {
  const form = pressed.form;
  const isAll = "all" in form.dataset;
  const finding = form.dataset.finding ?? form.querySelector("[name=thing]").value;
  if (!pressed.value.startsWith("un")) history.push([finding, isAll, page().dataset.pass]);
  const all = places();
  const thing = form.closest("[data-thing]");
  const at = all.findIndex((el) => el === form);
  const later = all.slice(at + 1).filter((el) => !isDone(el) && !(isAll && thing.contains(el)));
  acted = { finding, next: pressed.value.startsWith("un") ? null : (later[0] ?? all.find((el) => !isDone(el) && el !== form && !(isAll && thing.contains(el))))?.dataset.finding };
  remember();
}

function open(field) {
  const details = field.closest("details");
  if (details) details.open = true;
  field.focus();
  field.select?.();
}

function undo() {
  if (typeof history.at(-1)?.[1] === "string") return undoLevel();
  const own = button(here(), "undo");
  const flash = document.querySelector("[data-unmark] button");
  if (own && history.at(-1)?.[0] !== here().dataset.finding && !flash) {
    note(own);
    return own.click();
  }
  if (flash) return flash.click();
  const last = history.pop();
  if (!last) return;
  const [finding, isAll, pass] = last;
  const form = document.querySelector(`form[data-finding="${CSS.escape(finding)}"]`);
  const found = (isAll && button(form?.closest("[data-thing]")?.querySelector("form[data-all]"), "undo_all")) || button(form, "undo");
  remember();
  if (!form) return void location.assign(`${location.pathname}?pass=${pass}&group=${finding}`);
  current = finding;
  const details = form.closest("details");
  if (details) details.open = true;
  if (found) {
    acted = { finding, next: null };
    found.click();
  } else show(form);
}

function mark() {
  const form = document.querySelector("form[data-missed]");
  const only = document.querySelector("form[data-only-here]");
  const found = chosen();
  if (found) form.elements.words.value = found.words;
  only.hidden = !found?.place;
  only.elements.places.value = found?.place ?? "";
  (found ? form.elements.label : form.elements.words).focus();
  form.scrollIntoView({ block: "nearest" });
}

// A theme is proposed to stay.
const proposed = (every = "") => (here()?.matches(".tier-c") ? "keep" : "accept") + every;

const acts = {
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  KeyA: (shift) => {
    if (isRest()) here()?.querySelector("form.part-end button")?.click();
    else if (shift) pressAll("agree_all", proposed("_all"));
    else press("agree", proposed());
  },
  KeyR: (shift) => !isRest() && (shift ? pressAll("keep_all") : press("keep")),
  KeyE: () => {
    const field = !isRest() && here()?.querySelector("[name=replacement]");
    if (field) open(field);
  },
  KeyL: nextLevel,
  KeyU: undo,
  KeyM: mark,
  KeyN: () => (document.querySelector("[data-next-pass]") ?? document.querySelector("#release button") ?? document.getElementById("release"))?.[isRest() || !document.querySelector("[data-next-pass]") ? "focus" : "click"](),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select");
  if (field && event.key === "Escape") return void show(field.closest("form[data-finding]") ?? here());
  if (field?.id === "f-label" && digit(event, field)) return;
  if (field || event.target.closest?.("dialog")) return;
  if (isBusy() || (event.repeat && !["KeyJ", "KeyK"].includes(event.code))) {
    // What comes next is not on the page yet: nobody decides of it unseen.
    if (acts[event.code]) event.preventDefault();
    return;
  }
  if (event.key === "?") document.getElementById("keys").showModal();
  else if (acts[event.code]) acts[event.code](event.shiftKey);
  else if (!level(digitOf(event), event.shiftKey)) return;
  event.preventDefault();
});

const digitOf = (event) => /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];

// A digit says what the words are, by its place on the keyboard; Enter looks for them, with Shift only the place selected.
function digit(event, select) {
  const which = digitOf(event);
  const option = which && !event.shiftKey && select.querySelector(`[data-digit="${which}"]`);
  if (option) option.selected = true;
  else if (event.key !== "Enter") return false;
  event.preventDefault();
  if (option) return true;
  const only = document.querySelector("form[data-only-here]");
  (event.shiftKey && !only.hidden ? only : select.form).requestSubmit();
  return true;
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("form.part-end")) acted = { part: event.target.closest("[data-part]").dataset.part };
  if (!event.target.matches("form[data-only-here]")) return;
  const { words, label } = document.querySelector("form[data-missed]").elements;
  event.target.elements.words.value = words.value;
  event.target.elements.label.value = label.value;
}, true);

// Enter would press the first button, which replaces the words; who types a reason wants to keep them.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("form :is([name=reason], [name=replacement])")) return;
  const { form, name } = event.target;
  const keeps = name === "reason";
  const found = button(form, ...(keeps ? ["keep", "keep_all"] : ["accept", "accept_all"]));
  event.preventDefault();
  if (!found) return;
  if (form.dataset.finding) current = form.dataset.finding;
  act(found);
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) return document.getElementById(opener.dataset.opens).showModal();
  const pressed = event.target.closest?.("form:is([data-finding], [data-all]) button[name=decision]");
  const reason = pressed && missingReason(pressed);
  if (reason) {
    event.preventDefault();
    return open(reason);
  }
  if (pressed && event.detail) note(pressed);
  const chosenLevel = event.detail && event.target.closest?.("form[data-levels] button");
  if (chosenLevel) noteLevel(chosenLevel);
  const stop = event.target.closest?.("form[data-finding], [data-part]");
  if (stop && !event.target.closest("a, button, input, summary, label")) show(stop, { focus: false });
});

/** On to the next unread part; the last one leads to the next page or to the release. A part that changed stays. */
function afterPart(all, now) {
  acted = null;
  const next = now && !isDone(now) ? now : (all.slice(all.indexOf(now) + 1).find((el) => !isDone(el)) ?? all.find((el) => !isDone(el)));
  if (next) return show(next);
  (document.querySelector(".pager [rel=next]") ?? document.getElementById("release")).focus();
}

function again() {
  for (const opener of document.querySelectorAll("[data-opens]")) opener.hidden = false;
  const all = stops();
  if (acted?.part) return afterPart(all, all.find((el) => el.dataset.part === acted.part));
  if (acted) {
    const form = document.querySelector(`form[data-finding="${CSS.escape(acted.finding)}"]`);
    const isOver = !form || "done" in form.dataset;
    // A refused decision leaves the reader where he was.
    const target = isOver && acted.next ? all.find((el) => keyOf(el) === acted.next) : form && isSeen(form) ? form : null;
    acted = null;
    return target ? show(target) : void (document.querySelector("[data-next-pass]") ?? document.getElementById("release")).focus();
  }
  show(here(), { focus: document.activeElement === document.body });
}
let waits = 0;
document.addEventListener("htmx:before:request", () => busy(true));
document.addEventListener("htmx:error", () => busy(false));
document.addEventListener("htmx:after:swap", () => {
  cancelAnimationFrame(waits);
  waits = requestAnimationFrame(() => {
    again();
    busy(false);
  });
});
again();
