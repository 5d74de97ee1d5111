// Undo and redo. The server keeps what each coder did; every answer says what is next, and this page names its buttons by
// it. An undo waits in the outbox behind what is not saved yet.
import { csrf } from "../session.js";
import { toast, word } from "../toast.js";

export const WAYS = ["undo", "redo"];
export const isTurn = (op) => WAYS.includes(op.kind);

/** What the page was last told: {undo, undoStep, redo, redoStep}; numbers of steps and what they are called. */
const told = () => document.getElementById("history")?.dataset ?? {};

/** The number of the step that an act of this kind is about, as far as the page knows. */
export const seen = (way) => Number(told()[way]) || undefined;

/** The undo that takes back an act waiting in the same outbox, before the act was sent. */
export function turnOf(op, waiting) {
  let later = 0;
  for (const one of waiting.slice(waiting.indexOf(op) + 1)) {
    if (one.text !== op.text) continue;
    if (one.kind !== "undo") later += 1;
    else if (later === 0) return one;
    else later -= 1;
  }
  return null;
}

/** `add(op)` sends an act; `apply(html)` puts an answer on the page; `address` says where the page hears the truth. */
export function openHistory({ strings, version, address, add, apply }) {
  let waiting = [];

  function can(way) {
    const [last] = waiting.slice(-1);
    if (way === "undo") return Boolean(told().undo) || waiting.some((op) => op.kind !== "undo");
    return last ? isTurn(last) && (last.kind === "undo" || Boolean(told().redo)) : Boolean(told().redo);
  }

  function draw() {
    for (const way of WAYS) {
      const button = document.getElementById(way);
      const step = can(way) && !waiting.length ? told()[`${way}Step`] ?? "" : "";
      const name = document.getElementById(`${way}-step`);
      if (name.textContent !== step) name.textContent = step;
      button.title = step;
      button.disabled = !can(way);
    }
  }

  function turn(way) {
    if (!can(way)) return void toast(word(way === "undo" ? "nothingToUndo" : "nothingToRedo", {}, strings));
    const id = crypto.randomUUID();
    const body = { act: id, version };
    // Behind other acts it is known only when they are done.
    if (!waiting.length) body.seen = seen(way);
    return void add({ kind: way, id, body });
  }

  /** An answer came: an undone step is the next one to be done again. */
  function done(op) {
    draw();
    if (!isTurn(op)) return;
    const step = told()[op.kind === "undo" ? "redoStep" : "undoStep"] ?? word("lastStep", {}, strings);
    toast(word(op.kind === "undo" ? "undone" : "redone", { step }, strings));
  }

  /** It could not be done: say why, and look what is true. */
  async function refused(op, message) {
    if (!isTurn(op)) return;
    if (message) toast(message, { bad: true });
    try {
      const reply = await fetch(address, { headers: { "X-CSRF": csrf(), "HX-Request": "true" }, credentials: "same-origin", cache: "no-store" });
      if (reply.ok) apply(await reply.text());
    } catch {
      // The next answer says it.
    }
    draw();
  }

  for (const way of WAYS) document.getElementById(way).addEventListener("click", () => turn(way));
  draw();
  return {
    turn,
    done,
    refused,
    /** What of this text waits in the outbox. */
    waits(ops) {
      waiting = ops;
      draw();
    },
    /** Which of both a key means, by its place on the keyboard; null where it is another key. */
    keyOf(event) {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
      if (event.code === "KeyZ") return event.shiftKey ? "redo" : "undo";
      return event.code === "KeyY" && !event.shiftKey ? "redo" : null;
    },
  };
}
