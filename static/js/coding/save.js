// Acts go to the server one after another, in the order they were made. Each has its id from here, so a repeat does no
// harm. What could not be sent waits in this browser (outbox-store.js), over reloads and ended sessions, and is tried
// again; what the server refuses for good stays too, until its owner drops it. All tabs of a person share one outbox: one
// sends at a time, all show the same.
import { isTurn, seen, turnOf } from "./history.js";
import { wordsIn } from "./lists.js";
import { openStore } from "./outbox-store.js";
import { send, whoIsThere } from "./sending.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30000;
// Somebody who goes on working hears soon that the server is back.
const AGAIN = 2000;
// Another tab sends what it was given; if it is gone by then, this one does.
const OTHERS_WAIT = 5000;

/** Replace every element of the page that the reply brings anew, by id. Returns the ids.
 *  Turns of a newer text than the page shows are left out: their offsets are others. */
export function applyReply(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const ids = [];
  const version = box.content.querySelector("#total")?.dataset.version;
  if (version !== document.getElementById("bench")?.dataset.version) box.content.querySelectorAll(".turn").forEach((turn) => turn.remove());
  for (const fresh of [...box.content.children]) {
    const old = fresh.id && document.getElementById(fresh.id);
    if (!old) continue;
    const margin = old.querySelector("details.margin[open]") && fresh.querySelector("details.margin");
    if (margin) {
      margin.open = true;
      wordsIn(margin);
    }
    const focused = old.contains(document.activeElement) ? sameIn(fresh, old, document.activeElement) : null;
    if (old.classList.contains("is-current")) fresh.classList.add("is-current");
    old.replaceWith(fresh);
    if (focused?.matches("summary, button, [tabindex]")) focused.focus({ preventScroll: true });
    ids.push(fresh.id);
  }
  return ids;
}

/** What has the focus in a turn, in the same turn drawn anew; the turn itself where it is gone. */
function sameIn(fresh, old, focused) {
  if (focused === old) return fresh;
  if (focused.localName === "summary") return fresh.querySelector("summary") ?? fresh;
  const id = focused.closest("li[data-coding]")?.dataset.coding;
  return (id && fresh.querySelector(`li[data-coding="${id}"] ${focused.localName}`)) || fresh;
}

/**
 * The outbox of `person`, an id. `url(id, op)` is the address of an act, `session` tells who is signed in; `csrf()` and
 * `renewed(token)` read and replace what requests carry. `here(op)` says whether an act belongs to the text of this page.
 * `on` hears changed(state, waiting, refused), done(op, ids), refused(op, status), signedOut(); states are saved, waiting,
 * offline, held, signedOut, stranger and refused. With `isIdle` it sends only when it is told to.
 */
export function openQueue({ url, session, person, csrf, renewed, here, on, isIdle = false }) {
  const store = openStore(person);
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`qualcoder-outbox-${person}`) : null;
  let ops = [];
  let wait = FIRST_WAIT;
  let timer = 0;
  let trouble = "";
  let running = null;
  let writing = Promise.resolve();

  const waiting = () => ops.filter((op) => !op.refused);
  const refused = () => ops.filter((op) => op.refused);
  const state = () => (waiting().length ? trouble || "waiting" : refused().length ? "refused" : "saved");
  const changed = () => on.changed(state(), waiting(), refused());
  const tell = (message) => channel?.postMessage(message);

  /** One look at the store after another, so that none sees half of what another does. */
  function inTurn(act) {
    const turn = writing.then(act);
    writing = turn.catch(() => {});
    return turn;
  }

  /** Make `ops` what the store holds; acts that could not be stored stay at the end. */
  const refresh = () => inTurn(async () => {
    const kept = await store.all();
    const known = new Map(ops.map((op) => [op.key, op]));
    const stored = kept.map((fresh) => {
      const old = known.get(fresh.key);
      if (!old) return fresh;
      if (fresh.refused) old.refused = fresh.refused;
      else delete old.refused;
      return Object.assign(old, { seq: fresh.seq });
    });
    ops = [...stored, ...ops.filter((op) => op.seq === undefined)];
  }).catch(() => {}).then(changed);

  const keep = (op) => inTurn(() => store.add(op)).catch(() => { op.loose = true; });

  async function drop(op, message = { type: "changed" }) {
    await inTurn(async () => {
      // In the same turn, so that no look at the store brings it back.
      if (op.seq !== undefined) await store.remove(op).catch(() => {});
      ops = ops.filter((one) => one.key !== op.key);
    });
    tell({ trouble, ...message });
  }

  // Sending --------------------------------------------------------------------------------------------------------

  function arm(delay) {
    clearTimeout(timer);
    timer = !isIdle && waiting().length ? setTimeout(() => { timer = 0; flush(); }, delay) : 0;
  }

  function hold(why) {
    const isNew = trouble !== why;
    trouble = why;
    arm(wait);
    wait = Math.min(LONGEST_WAIT, wait * 2);
    if (isNew) tell({ type: "changed", trouble });
    if (isNew && why === "signedOut") on.signedOut();
  }

  function well() {
    trouble = "";
    wait = FIRST_WAIT;
  }

  /** Send what waits, in one tab at a time; resolves when nothing waits any more or nothing can be sent. */
  function flush() {
    running ??= alone(drain).catch(() => hold("held")).finally(() => {
      running = null;
      changed();
      if (!trouble && waiting().length) flush();
    });
    return running;
  }

  const alone = (act) => (navigator.locks ? navigator.locks.request(`qualcoder-outbox-${person}`, act) : act());

  async function drain() {
    await refresh();
    for (let goesOn = true; goesOn;) {
      await writing;
      const op = waiting()[0];
      if (op && isTurn(op) && here(op)) op.body.seen ??= seen(op.kind);
      goesOn = op !== undefined && await settle(op, await send(op, url(op.id, op), csrf()));
      changed();
    }
  }

  /** Do what the answer asks for; whether the next act may go. */
  async function settle(op, answer) {
    const { fate, status, html } = answer;
    if (fate === "done") {
      well();
      const { key, kind, id, text, body } = op;
      await drop(op, { type: "done", op: { key, kind, id, text, body }, html });
      on.done(op, here(op) ? applyReply(html) : []);
      return true;
    }
    if (fate === "forged") return renew(op);
    if (fate === "refused") return refuse(op, answer);
    hold(fate === "signedOut" ? fate : status === 0 ? "offline" : "held");
    return false;
  }

  /** The session is another one than when this page came. Its owner's goes on, anybody else's gets nothing from here. */
  async function renew(op) {
    const there = await whoIsThere(session);
    if (there?.person === person && there.csrf !== op.tried) {
      op.tried = there.csrf;
      renewed(there.csrf);
      return true;
    }
    hold(there === null ? "offline" : there.person === null ? "signedOut" : there.person === person ? "held" : "stranger");
    return false;
  }

  async function refuse(op, { status, error, message }) {
    well();
    if (isTurn(op)) {
      // What can't be undone any more is said and forgotten.
      await drop(op);
      on.refused(op, status, message);
      return true;
    }
    const removed = op.kind === "put" && waiting().find((one) => one.kind === "delete" && one.id === op.id);
    const undone = removed || turnOf(op, waiting());
    if (undone) {
      // It was taken back meanwhile: what is not there need not go.
      await drop(undone);
      await drop(op);
      return true;
    }
    await inTurn(async () => {
      op.refused = { status, error, message };
      if (op.seq !== undefined) await store.change(op).catch(() => {});
    });
    tell({ type: "changed", trouble });
    on.refused(op, status);
    return true;
  }

  // The other tabs ---------------------------------------------------------------------------------------------------

  channel?.addEventListener("message", async ({ data }) => {
    const before = trouble;
    trouble = data.trouble ?? "";
    if (!trouble) wait = FIRST_WAIT;
    if (data.csrf) renewed(data.csrf);
    await refresh();
    if (data.type === "done") on.done(data.op, here(data.op) ? applyReply(data.html) : []);
    if (trouble === "signedOut" && before !== trouble) on.signedOut();
    arm(OTHERS_WAIT);
  });

  const soon = () => {
    if (isIdle || !waiting().length || document.hidden) return;
    wait = FIRST_WAIT;
    flush();
  };
  for (const back of ["online", "focus"]) addEventListener(back, soon);
  document.addEventListener("visibilitychange", soon);
  // What is kept in this browser is there again after a reload.
  addEventListener("beforeunload", (event) => { if (ops.some((op) => op.seq === undefined)) event.preventDefault(); });

  // What waits is shown at once, whichever tab sends just now.
  const ready = refresh();
  if (!isIdle) ready.then(flush);

  return {
    ready,
    /** Send an act: {kind: put, patch or delete, id, text, body}. It is in the list at once, and stored before it goes. */
    add(op) {
      op.key = crypto.randomUUID();
      ops.push(op);
      changed();
      keep(op).then(() => {
        tell({ type: "changed", trouble });
        if (!trouble || !timer) flush();
        else if (trouble === "offline" || trouble === "held") arm(AGAIN);
      });
    },
    /** Try a refused act again, at the end. */
    retry(op) {
      const { kind, id, text, body, label } = op;
      // Kept anew before the old one goes.
      this.add({ kind, id, text, body, label });
      return drop(op).then(changed);
    },
    /** Forget a refused act. */
    drop: (op) => drop(op).then(changed),
    /** The person of this outbox is signed in again: go on, here and in the other tabs. */
    signedIn(token) {
      well();
      renewed(token);
      tell({ type: "changed", trouble, csrf: token });
      return flush();
    },
    /** Try now; resolves with what is left. */
    async sendNow() {
      wait = FIRST_WAIT;
      await writing;
      await flush();
      return { waiting: waiting().length, refused: refused().length, trouble };
    },
    /** Forget everything of this person in this browser. */
    async wipe() {
      clearTimeout(timer);
      await inTurn(() => store.wipe()).catch(() => {});
      ops = [];
      tell({ type: "changed", trouble: "" });
      changed();
    },
    others: () => store.others().catch(() => true),
    waiting,
    refused,
  };
}
