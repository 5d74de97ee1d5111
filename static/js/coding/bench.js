// The coding page: joins the passage, the list of codes, the queue and the keys. Without it the page still reads and codes by
// turn number and words, and removes where its lists come in words.
import { csrf } from "../session.js";
import { toast, word } from "../toast.js";
import { indexed } from "./find.js";
import { openChips } from "./chips.js";
import { openFlags } from "./flag.js";
import { openGo } from "./go.js";
import { openHand } from "./hand.js";
import { openKeys, written } from "./keys.js";
import { openKeysBox } from "./keysbox.js";
import { openMemo } from "./memo.js";
import { openText } from "./offsets.js";
import { openHistory } from "./history.js";
import { openInspector } from "./inspector.js";
import { openLastPlace } from "./last-place.js";
import { openLayers } from "./layers.js";
import { openLive } from "./live.js";
import { openOutbox } from "./outbox.js";
import { paint } from "./paint.js";
import { placeIn } from "./place.js";
import { openPalette } from "./palette.js";
import { codingOf, codingsIn, openPanel } from "./panel.js";
import { openProposals } from "./propose.js";
import { openPassage } from "./select.js";
import { applyReply } from "./save.js";
import { openSlots } from "./slots.js";
import { openSpotlight } from "./spotlight.js";
import { openStream } from "./stream.js";
import { codesOf, openTree } from "./tree.js";

const bench = document.getElementById("bench");
const root = document.getElementById("transcript");
const strings = document.getElementById("coding-strings").dataset;
const say = (text) => { document.getElementById("said").textContent = text; };
const tell = (name, values) => word(name, values, strings);

const treeBox = document.getElementById("tree");
const codes = treeBox ? codesOf(treeBox) : [];
const byId = new Map(codes.map((code) => [code.id, code]));
const text = openText(root);
const slots = openSlots(bench.dataset.recent.split(" ").filter(Boolean), (id) => byId.has(id));
const correct = document.getElementById("correct");
// What was coded on this page, newest last.
const made = [];
let pending = [];

const urlOf = (id) => bench.dataset.put.replace("00000000-0000-0000-0000-000000000000", id);
const keys = openKeys(bench.dataset.me);
const passage = openPassage(text, changed);
const light = openSpotlight({ text, here: () => passage.current(), pressed: (id) => tree?.press(id), told: (n) => say(tell("spot", { n })) });
const inspector = openInspector({ box: document.getElementById("inspector"), at: urlOf, strings });
const panel = openPanel({ text, strings, light: (ids) => light.codings(ids), left: focusText, picked: (id) => hand.chosen(id), shown: (li) => inspector.show(li) });
const history = openHistory({
  strings,
  version: Number(bench.dataset.version),
  address: bench.dataset.history,
  add: (op) => queue.add(op),
  apply: applyReply,
});
const queue = openOutbox({
  text,
  address: { transcript: bench.dataset.transcript, version: Number(bench.dataset.version) },
  nameOf: (id) => byId.get(id)?.label,
  left: focusText,
  on: { changed: waits, done: saved, refused },
});
const tree = treeBox && openTree({
  tree: treeBox,
  filter: document.getElementById("code-filter"),
  none: document.getElementById("no-codes"),
  chosen: (id) => (passage.held() ? code(byId.get(id)) : light.toggle(id)),
});
const chips = openChips({ box: document.getElementById("chips"), slots, codeOf: (id) => byId.get(id), chosen: (id) => code(byId.get(id)) });
numbered();
const indexOf = (one) => indexed(one, [...one.labels, one.label, one.key]);
const index = codes.map(indexOf);
const propose = treeBox && openProposals({ address: bench.dataset.propose, tree: treeBox, csrf, tell });
const palette = openPalette({
  dialog: document.getElementById("palette"),
  index,
  slots,
  strings,
  words: () => (passage.held() ? text.slice(...passage.held()) : ""),
  proposed: async (name) => {
    const made = propose ? await propose(name) : tell("proposeFailed");
    if (typeof made !== "string") known(made);
    return made;
  },
  box: () => {
    const held = passage.held();
    const x = text.body(passage.current()).getBoundingClientRect();
    return { passage: (held && text.rangeOf(...held)?.getBoundingClientRect()) ?? x, column: x };
  },
  chosen: (one, valence, stays) => code(one, valence, { stays }),
  closed: () => { covers(); focusText(); passage.refresh(); repaint(); },
});
const hand = openHand({ text, passage, panel, tell, say, toast, waits: (id) => pending.some((op) => op.id === id), change: patch });
const memo = openMemo({
  dialog: document.getElementById("memo-box"),
  url: urlOf,
  version: Number(bench.dataset.version),
  csrf, outbox: queue,
  saved: (html) => { saved({ kind: "memo" }, applyReply(html)); toast(tell("memoSaved")); },
  left: () => focusText(),
});
const showKeys = openKeysBox({ dialog: document.getElementById("keys"), keys });
const go = openGo({
  dialog: document.getElementById("go-box"),
  turnOf: (n) => text.indexById(`t${n}`),
  turn: (i) => passage.goto(i),
  left: () => focusText(),
  items: goItems,
});
const stream = openStream(bench);
const flags = openFlags({ bench, text, passage, stream, left: focusText, redraw: () => { passage.refresh(); changed(); inspector.again(); } });

const layers = openLayers({ text, layer: bench.dataset.layer, changed: () => { panel.forget(); changed(); } });
const live = openLive({ bench, text, stream, apply: applyReply, drawn: (ids) => { drawn(ids); waits(pending); } });

function focusText() {
  (passage.current() >= 0 ? text.element(passage.current()) : root).focus({ preventScroll: true });
}

// What is on the screen ---------------------------------------------------------------------------------------------

let listed = 0;
function changed() {
  queue.again();
  panel.passage(passage.held());
  if (correct && passage.current() >= 0) correct.search = `turn=${text.element(passage.current()).id.slice(1)}`;
  repaint();
  // The list of a turn may hold hundreds of codings: it comes after the frame that shows the selection.
  cancelAnimationFrame(listed);
  listed = requestAnimationFrame(() => setTimeout(() => panel.turn(passage.current(), passage.caret())));
}

function repaint(waiting = pending) {
  pending = waiting;
  const ranges = waiting.filter((op) => op.kind === "put").flatMap((op) => text.rangesOf(op.body.start, op.body.end));
  const held = passage.held();
  if (held && palette.isOpen()) ranges.push(...text.rangesOf(...held));
  paint("pending", ranges);
}

/** What waits to be saved is marked, also what waits to be removed. */
function waits(waiting) {
  for (const li of [...document.getElementsByClassName("is-going")]) li.classList.remove("is-going");
  for (const { kind, id } of waiting) {
    if (kind === "delete") for (const li of document.querySelectorAll(`li[data-coding="${id}"]`)) li.classList.add("is-going");
  }
  history.waits(waiting);
  repaint(waiting);
}

// Acts --------------------------------------------------------------------------------------------------------------

function put(body, label) {
  const op = { kind: "put", id: crypto.randomUUID(), body, label };
  queue.add(op);
  return op;
}

function code(one, valence = null, { stays = false } = {}) {
  const held = passage.held();
  if (!one) return undefined;
  if (!held) return toast(tell("nothing"));
  const body = { ...bodyOf({ start: held[0], end: held[1] }), code_id: one.id };
  if (valence) body.valence = valence;
  const op = put(body, one.label);
  made.push(op.id);
  hand.made({ id: op.id, start: held[0], end: held[1], code: one.id, label: one.label, valence, weight: null, unsure: false, mine: true });
  slots.take(one.id);
  numbered();
  (stays ? say : toast)(tell("coded", { code: one.label }));
  return undefined;
}

const bodyOf = ({ start, end }) => ({ transcript_id: bench.dataset.transcript, version: Number(bench.dataset.version), start, end });

function numbered() {
  tree?.number(slots);
  chips.draw();
}

/** Other claims or another stretch for a coding. */
function patch(one, fields) {
  queue.add({ kind: "patch", id: one.id, body: { version: Number(bench.dataset.version), ...fields }, label: one.label });
}

function known(one) {
  if (!byId.has(one.id)) {
    codes.push(one);
    index.push(indexOf(one));
  }
  byId.set(one.id, one);
  tree?.again();
  toast(tell("proposed", { code: one.label }));
}

/** The next (1) or previous (-1) passage with the code at hand, or with this one. */
function passageOf(step, codeId = hand.at()?.code ?? light.code() ?? slots.last(), inspected = null) {
  if (!codeId) return void toast(tell("noCodeAtHand"));
  const all = new Map();
  for (const li of codingsIn(root)) if (li.dataset.code === codeId) all.set(li.dataset.coding, li);
  const sorted = [...all.values()].map(codingOf).sort((a, b) => a.start - b.start || a.end - b.end);
  if (!sorted.length) return void toast(tell("noPassage"));
  const held = passage.held();
  const from = held?.[0] ?? (passage.current() < 0 ? -1 : text.starts[passage.current()]);
  const isHere = (one) => (inspected ? one.id === inspected : one.id === hand.at()?.id && held?.[0] === one.start);
  const at = sorted.findIndex(isHere);
  const next = at >= 0 ? at + step : step > 0 ? sorted.findIndex((one) => one.start > from) : sorted.findLastIndex((one) => one.start < from);
  const to = (next + sorted.length) % sorted.length;
  hand.take(sorted[to]);
  // A code that is given no more has passages and no place in the tree.
  return void say(tell("passageN", { code: byId.get(codeId)?.label ?? sorted[to].label, n: to + 1, of: sorted.length }));
}

function goItems() {
  const does = [...document.querySelectorAll("#keys tr[data-does]")].map((row) => {
    const [chord = ""] = keys.chordsOf(row.dataset.does);
    const [act, ...values] = keys.act(row.dataset.does);
    return { label: row.querySelector(".does").textContent, keys: written(chord), run: () => acts[act](...values) };
  });
  const pages = [...document.querySelectorAll(".site-nav a, .crumbs a")].map((a) => (
    { label: word("page", { name: a.textContent.trim() }, document.getElementById("go-box").dataset), isFirst: true, run: () => a.click() }
  ));
  const places = codes.map((one) => (
    { label: word("code", { code: one.label }, document.getElementById("go-box").dataset), names: [...one.labels, one.key], run: () => passageOf(1, one.id) }
  ));
  return [...pages, ...does, ...places];
}

function remove(one) {
  const op = { kind: "delete", id: one.id, label: one.label };
  op.body = { ...bodyOf(one), code_id: one.code };
  Object.assign(op.body, { valence: one.valence, weight: one.weight, unsure: one.unsure });
  queue.add(op);
  toast(tell("removed", { code: one.label }));
}

function saved(op, ids) {
  history.done(op);
  // An undo may have brought back a memo that says something else.
  if (!["put", "patch", "delete"].includes(op.kind)) inspector.forget();
  live.answered(ids);
  drawn(ids);
}

/** Turns were drawn anew. */
function drawn(ids) {
  for (const id of ids) for (const summary of document.querySelectorAll(`#${id} > .margin > summary`)) summary.tabIndex = -1;
  layers.refresh(ids);
  // The turn may have been drawn before somebody flagged a name in it.
  flags.again();
  if (ids.some((id) => text.indexById(id) >= 0)) passage.refresh();
  changed();
  light.again();
}

function refused(op, status, message) {
  history.refused(op, message);
}

/** The bar under the thumb makes room for the list. Said by a class: a rule with :has() would restyle the whole text. */
function covers() {
  document.getElementById("thumb").classList.toggle("is-under", palette.isOpen());
}

function openCodes(typed = "", options = {}) {
  if (!passage.held()) passage.wholeTurn();
  if (!passage.held()) return toast(tell("nothing"));
  palette.open(typed, options);
  covers();
  repaint();
  return undefined;
}

/** The coding chosen in the column, else the newest of mine on this turn that was made on this page. */
function removeHere() {
  if (passage.current() < 0) return;
  const mine = codingsIn(text.element(passage.current())).filter((li) => codingOf(li).mine);
  const by = (id) => mine.find((li) => li.dataset.coding === id);
  const chosen = panel.chosen().map(by).find(Boolean);
  const fresh = made.map(by).findLast(Boolean);
  const li = chosen ?? fresh ?? (mine.length === 1 ? mine[0] : null);
  if (li) remove(codingOf(li));
}

// Keys: only while the text has the focus or nothing has ---------------------------------------------------------------

const acts = {
  whole: () => passage.wholeTurn(),
  inVivo: () => passage.held() && openCodes(text.slice(...passage.held()).replace(/\s+/gu, " "), { marked: true }),
  pick: () => hand.pick(),
  extent: () => hand.extent(),
  valence: (which) => hand.valence(which),
  weight: () => hand.weight(),
  unsure: () => hand.unsure(),
  memo: () => (hand.at() ? memo.open(hand.at()) : toast(tell("noneAtHand"))),
  passage: (step) => passageOf(step),
  go: () => go(),
  focus: () => { bench.classList.toggle("is-alone"); passage.refresh(); },
  extend: (unit, step, side) => passage.extend(unit, step, side),
  keys: () => showKeys(),
  number: byNumber,
  again: () => code(byId.get(slots.last())),
  remove: removeHere,
  clear: () => passage.clear(),
  turn: (step) => passage.goto(passage.current() + step),
  sentence: (step) => passage.sentence(step),
  codes: () => openCodes(),
  flag: () => flags.open(),
  search: (letter) => passage.held() && openCodes(letter),
};

function byNumber(number) {
  const id = slots.codeAt(number);
  if (id) code(byId.get(id));
  else toast(tell("noSlot"));
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.target.closest?.("input, textarea, select, dialog")) return;
  const way = history.keyOf(event);
  if (way) {
    event.preventDefault();
    history.turn(way);
    return;
  }
  const focus = document.activeElement;
  if (focus !== document.body && !root.contains(focus)) return;
  if (focus?.closest("summary, button, a") && (event.key === "Enter" || event.key === " ")) return;
  const [act, ...values] = keys.actOf(event, Boolean(passage.held())) ?? [];
  // Arrows scroll the page until somebody enters the text.
  if (!act || (focus === document.body && event.code.startsWith("Arrow"))) return;
  event.preventDefault();
  acts[act](...values);
});

// Buttons -------------------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (!button) return;
  event.preventDefault();
  const li = button.closest("li[data-coding]");
  const next = li.nextElementSibling ?? li.previousElementSibling;
  remove(codingOf(li));
  if (root.contains(document.activeElement)) return;
  if (next) next.querySelector("button")?.focus({ preventScroll: true });
  else focusText();
});
document.getElementById("inspector").addEventListener("click", (event) => {
  const button = event.target.closest("[data-passage]");
  const one = button?.closest("[data-code]").dataset;
  if (one) passageOf(Number(button.dataset.passage), one.code, one.inspected);
});
document.getElementById("show-keys").addEventListener("click", showKeys);
document.getElementById("open-palette").addEventListener("click", () => openCodes());
for (const button of document.querySelectorAll("[data-toggle]")) {
  button.addEventListener("click", () => button.setAttribute("aria-pressed", String(!bench.classList.toggle(button.dataset.toggle))));
}
const thumbs = {
  code: () => openCodes(),
  sentence: () => passage.sentenceAround(),
  turn: () => passage.wholeTurn(),
  less: () => passage.extend("word", -1),
  more: () => passage.extend("word", 1),
};
for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => thumbs[button.dataset.act]());
}
let frame = 0;
addEventListener("scroll", () => {
  if (!palette.isOpen()) return;
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => palette.place({ moves: false }));
}, { passive: true });

for (const summary of root.querySelectorAll(".margin > summary")) summary.tabIndex = -1;
if (matchMedia("(max-width: 52rem)").matches) document.getElementById("codes-box").open = false;
const place = placeIn(location.hash);
const last = openLastPlace({ bench, text, passage, say });
const linked = text.indexById(place.turn);
if (linked >= 0) passage.goto(linked);
else last.comeBack();
paint("found", place.spans.flatMap(([a, b]) => text.rangesOf(a, b)));
