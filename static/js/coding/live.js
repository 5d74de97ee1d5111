// What others code while this page is open. The server tells which codings moved; their turns are fetched drawn anew, many
// at once, and put in place when nobody is just selecting there.
import { csrf } from "../session.js";
import { toast, word } from "../toast.js";

const TOGETHER = 250;
const AGAIN_AFTER = 5000;
const LATELY = 5000;
const AT_ONCE = 40;

/**
 * `apply(html)` puts turns in place and returns the ids; `drawn(ids)` hears which ones are new.
 * `answered(ids)` of what comes back must hear what every answer to an act of this page has drawn.
 */
export function openLive({ bench, text, stream, apply, drawn }) {
  const strings = document.getElementById("layers-strings").dataset;
  const version = bench.dataset.version;
  // Codings by id as they were told, until the page shows them so; turns that are to be fetched.
  const told = new Map();
  const owed = new Set();
  const lately = new Map();
  let answers = 0;
  let timer = 0;
  let isBusy = false;
  let isHeld = false;
  let isOld = false;

  const offer = (name) => {
    if (isOld) return;
    isOld = true;
    toast(word(name, {}, strings), { bad: true, action: { label: strings.openAgain, run: () => location.reload() } });
  };

  stream.hear("codings", (state) => {
    if (String(state.version) !== version) return;
    if (state.layer !== bench.dataset.layer) {
      // What may not be seen any more leaves the page at once; what waits to be saved waits in the outbox.
      if (state.layer === "own") location.reload();
      else offer("wider");
      return;
    }
    if (!state.codings) return void offer("many");
    for (const [id, revision, start, end, isGone] of state.codings) told.set(id, { revision, start, end, isGone });
    if (state.codings.length) soon(TOGETHER);
  });

  function soon(wait) {
    clearTimeout(timer);
    timer = setTimeout(look, wait);
  }

  /** The turns that don't show yet what was told; an own act that was answered meanwhile is there already. */
  function look() {
    const shown = new Map();
    for (const li of told.size ? text.root.querySelectorAll("li[data-coding]") : []) {
      const known = told.has(li.dataset.coding) && (shown.get(li.dataset.coding) ?? { revision: Infinity, turns: [] });
      if (!known) continue;
      known.revision = Math.min(known.revision, Number(li.dataset.r));
      known.turns.push(li.closest(".turn").id);
      shown.set(li.dataset.coding, known);
    }
    for (const [id, one] of told) {
      const there = shown.get(id);
      const isSo = one.isGone ? !there || there.revision > one.revision : there && there.revision >= one.revision;
      if (isSo) continue;
      for (const turn of there?.turns ?? []) owed.add(turn);
      if (!one.isGone) for (const [i] of text.pieces(one.start, one.end)) owed.add(text.element(i).id);
    }
    told.clear();
    if (owed.size) fetchTurns();
  }

  async function fetchTurns() {
    if (isBusy || isHeld) return;
    isBusy = true;
    const turns = [...owed].slice(0, AT_ONCE);
    for (const id of turns) owed.delete(id);
    const before = answers;
    const html = await ask(turns);
    isBusy = false;
    // What this page did meanwhile may be missing in the answer; somebody who is selecting is not disturbed.
    if (!html || isHeld || answers !== before) for (const id of turns) owed.add(id);
    else put(html);
    if (owed.size) timer = setTimeout(look, html ? TOGETHER : AGAIN_AFTER);
  }

  function put(html) {
    const ids = apply(html);
    // Every code that stands here has its count in the answer.
    const counted = new Set(ids);
    for (const n of document.querySelectorAll("#tree .n")) if (!counted.has(n.id)) n.textContent = "0";
    lately.clear();
    for (const id of ids) lately.set(id, performance.now());
    drawn(ids);
  }

  async function ask(turns) {
    const query = turns.map((id) => `turn=${id.slice(1)}`).join("&");
    const headers = { "X-CSRF": csrf(), "X-Opened": bench.dataset.opened, "X-Background": "1", "HX-Request": "true" };
    try {
      const reply = await fetch(`${bench.dataset.turns}?${query}`, { headers, credentials: "same-origin", cache: "no-store" });
      if (reply.ok) return await reply.text();
      // It may not be read any more: the stream ends too, and whoever signs in again hears of it anew.
      if (reply.status < 500 && reply.status !== 429) turns.splice(0);
      return "";
    } catch {
      return "";
    }
  }

  // While a button of the mouse or a finger is down in the text, its nodes stay.
  text.root.addEventListener("pointerdown", () => { isHeld = true; });
  for (const up of ["pointerup", "pointercancel"]) {
    document.addEventListener(up, () => {
      isHeld = false;
      if (owed.size) soon(TOGETHER);
    });
  }

  return {
    answered(ids) {
      answers += 1;
      // The answer may be older than what was fetched a moment ago.
      for (const id of ids) if (performance.now() - (lately.get(id) ?? -Infinity) < LATELY && text.indexById(id) >= 0) owed.add(id);
      if (owed.size) soon(TOGETHER);
    },
  };
}
