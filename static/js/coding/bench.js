// The coding page: joins the passage, the list of codes, the queue and the keys. Without it the page still reads,
// codes by turn number and words, and removes.
import { toast, word } from "../toast.js";
import { indexed } from "./find.js";
import { actOf } from "./keys.js";
import { openText } from "./offsets.js";
import { paint } from "./paint.js";
import { placeIn } from "./place.js";
import { openPalette } from "./palette.js";
import { codingOf, codingsIn, openPanel } from "./panel.js";
import { openQueue } from "./save.js";
import { openPassage } from "./select.js";
import { openSlots } from "./slots.js";
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
const done = [];
const correct = document.getElementById("correct");
let pending = [];
let lit = null;

const passage = openPassage(text, changed);
const panel = openPanel({ text, strings, light, left: focusText });
const queue = openQueue({
  url: (id) => bench.dataset.put.replace("00000000-0000-0000-0000-000000000000", id),
  csrf: () => document.querySelector("meta[name=csrf]").content,
  on: { changed: saveState, done: saved, refused, signedOut },
});
const tree = treeBox && openTree({
  tree: treeBox,
  filter: document.getElementById("code-filter"),
  none: document.getElementById("no-codes"),
  chosen: (id) => (passage.held() ? code(byId.get(id)) : spotlight(id)),
});
tree?.number(slots);
const palette = openPalette({
  dialog: document.getElementById("palette"),
  index: codes.map((one) => indexed(one, [...one.labels, one.label, one.key])),
  slots,
  strings,
  box: () => {
    const held = passage.held();
    const x = text.body(passage.current()).getBoundingClientRect();
    return { passage: (held && text.rangeOf(...held)?.getBoundingClientRect()) ?? x, column: x };
  },
  chosen: (one, valence, stays) => code(one, valence, { stays }),
  closed: () => { focusText(); passage.refresh(); repaint(); },
});

function focusText() {
  (passage.current() >= 0 ? text.element(passage.current()) : root).focus({ preventScroll: true });
}

// What is on the screen ---------------------------------------------------------------------------------------------

function changed() {
  panel.passage(passage.held());
  panel.turn(passage.current(), passage.caret());
  if (correct && passage.current() >= 0) correct.search = `turn=${text.element(passage.current()).id.slice(1)}`;
  repaint();
}

function repaint(waiting = pending) {
  pending = waiting;
  const ranges = waiting.filter((op) => op.kind === "put").flatMap((op) => text.rangesOf(op.body.start, op.body.end));
  const held = passage.held();
  if (held && palette.isOpen()) ranges.push(...text.rangesOf(...held));
  paint("pending", ranges);
}

function light(ids) {
  if (lit && !ids.length) return;
  lit = null;
  tree?.press("");
  for (const bar of root.querySelectorAll(".stripe.is-spot")) bar.classList.remove("is-spot");
  for (const id of ids) for (const bar of root.querySelectorAll(`.stripe[data-codings~="${id}"]`)) bar.classList.add("is-spot");
  spot(ids.flatMap((id) => root.querySelector(`li[data-coding="${id}"]`) ?? []));
}

/** Light up the codings of these list items; one that crosses turns is in several lists and counts once. */
function spot(items) {
  const seen = new Map(items.map((li) => [li.dataset.coding, codingOf(li)]));
  paint("spot", [...seen.values()].flatMap((one) => text.rangesOf(one.start, one.end)));
  return seen.size;
}

function spotlight(id) {
  lit = lit === id ? null : id;
  tree.press(lit ?? "");
  const n = spot(lit ? codingsIn(root).filter((li) => li.dataset.code === lit) : []);
  if (lit) say(tell("spot", { n }));
}

function saveState(state, waiting) {
  const pill = document.getElementById("save-state");
  const label = tell(state, { n: waiting.length });
  if (pill.dataset.state !== state || pill.textContent !== label) {
    pill.dataset.state = state;
    pill.textContent = label;
  }
  repaint([...waiting]);
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
  const body = { transcript_id: bench.dataset.transcript, version: Number(bench.dataset.version), start: held[0], end: held[1], code_id: one.id };
  if (valence) body.valence = valence;
  remember(put(body, one.label));
  slots.take(one.id);
  tree?.number(slots);
  (stays ? say : toast)(tell("coded", { code: one.label }));
  return undefined;
}

function remove(one) {
  const op = { kind: "delete", id: one.id, label: one.label };
  op.body = { transcript_id: bench.dataset.transcript, version: Number(bench.dataset.version), start: one.start, end: one.end, code_id: one.code };
  Object.assign(op.body, { valence: one.valence, weight: one.weight, unsure: one.unsure });
  remember(op);
  queue.add(op);
  toast(tell("removed", { code: one.label }));
}

function remember(op) {
  done.push(op);
  document.getElementById("undo").disabled = false;
}

function undo() {
  const op = done.pop();
  document.getElementById("undo").disabled = !done.length;
  if (!op) return;
  // A removed coding comes back under its own id, with its memos.
  queue.add({ kind: op.kind === "put" ? "delete" : "put", id: op.id, body: op.body, label: op.label });
  toast(tell("undone"));
}

function saved(op, ids) {
  if (ids.some((id) => text.indexById(id) >= 0)) passage.refresh();
  changed();
  if (lit) spot(codingsIn(root).filter((li) => li.dataset.code === lit));
}

function refused(op, status) {
  const at = done.indexOf(op);
  if (at >= 0) done.splice(at, 1);
  document.getElementById("undo").disabled = !done.length;
  if (status === 409) toast(tell("conflict"), { bad: true, action: { label: tell("reload"), run: () => location.reload() } });
  else toast(tell(op.kind === "put" ? "refused" : "notRemoved"), { bad: true });
}

function signedOut() {
  toast(tell("signedOut"), { bad: true, action: { label: tell("signIn"), url: strings.signInUrl } });
}

function openCodes(typed = "") {
  if (!passage.held()) passage.wholeTurn();
  if (!passage.held()) return toast(tell("nothing"));
  palette.open(typed);
  repaint();
  return undefined;
}

/** The coding chosen in the column, else the newest of mine on this turn that was made on this page. */
function removeHere() {
  if (passage.current() < 0) return;
  const mine = codingsIn(text.element(passage.current())).filter((li) => codingOf(li).mine);
  const by = (id) => mine.find((li) => li.dataset.coding === id);
  const chosen = panel.chosen().map(by).find(Boolean);
  const fresh = done.filter((op) => op.kind === "put").map((op) => by(op.id)).findLast(Boolean);
  const li = chosen ?? fresh ?? (mine.length === 1 ? mine[0] : null);
  li?.querySelector("[data-remove]").click();
}

// Keys: only while the text has the focus or nothing has ---------------------------------------------------------------

const acts = {
  extend: (unit, step, side) => passage.extend(unit, step, side),
  keys: () => document.getElementById("keys").showModal(),
  number: byNumber,
  again: () => code(byId.get(slots.last())),
  remove: removeHere,
  clear: () => passage.clear(),
  turn: (step) => passage.goto(passage.current() + step),
  sentence: (step) => passage.sentence(step),
  codes: () => openCodes(),
  search: (letter) => passage.held() && openCodes(letter),
};

function byNumber(number) {
  const id = slots.codeAt(number);
  if (id) code(byId.get(id));
  else toast(tell("noSlot"));
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.target.closest?.("input, textarea, select, dialog")) return;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.code === "KeyZ") {
    event.preventDefault();
    undo();
    return;
  }
  const focus = document.activeElement;
  if (focus !== document.body && !root.contains(focus)) return;
  if (focus?.closest("summary, button, a") && (event.key === "Enter" || event.key === " ")) return;
  const [act, ...values] = actOf(event) ?? [];
  if (!act) return;
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
document.getElementById("undo").addEventListener("click", undo);
document.getElementById("show-keys").addEventListener("click", () => document.getElementById("keys").showModal());
document.getElementById("open-palette").addEventListener("click", () => openCodes());
for (const button of document.querySelectorAll("[data-toggle]")) {
  button.addEventListener("click", () => button.setAttribute("aria-pressed", String(!bench.classList.toggle(button.dataset.toggle))));
}
const thumbs = {
  code: () => openCodes(),
  sentence: () => passage.sentence(1),
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
  frame = requestAnimationFrame(palette.place);
}, { passive: true });

for (const summary of root.querySelectorAll(".margin > summary")) summary.tabIndex = -1;
if (matchMedia("(max-width: 52rem)").matches) document.getElementById("codes-box").open = false;
const place = placeIn(location.hash);
const linked = text.indexById(place.turn);
if (linked >= 0) passage.goto(linked);
paint("found", place.spans.flatMap(([a, b]) => text.rangesOf(a, b)));
