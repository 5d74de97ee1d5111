// The turn where one is, kept on the server for the next time: a number, sent now and then and when the page is left.
import { csrf } from "../session.js";
import { word } from "../toast.js";

const EVERY = 10000;

/** Keeps from now on where the reader is; `comeBack()` goes to where that was the last time. */
export function openLastPlace({ bench, text, passage, say }) {
  const last = bench.dataset.lastTurn ? `t${bench.dataset.lastTurn}` : "";
  let kept = last;
  let timer = 0;

  const isInSight = (box) => box.bottom > 64 && box.top < innerHeight;

  /** The turn at hand while it is in sight, else the first one that is. */
  function here() {
    const current = passage.current();
    if (current >= 0 && isInSight(text.element(current).getBoundingClientRect())) return text.element(current).id;
    let low = 0;
    let high = text.count - 1;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (text.element(mid).getBoundingClientRect().bottom > 64) high = mid;
      else low = mid + 1;
    }
    return text.count ? text.element(low).id : "";
  }

  function keep() {
    clearTimeout(timer);
    timer = 0;
    const turn = here();
    // Who only looked at the beginning was nowhere yet.
    if (!turn || turn === kept || (!kept && turn === "t1")) return;
    kept = turn;
    fetch(bench.dataset.place, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-CSRF": csrf(), "X-Background": "1" },
      credentials: "same-origin",
      cache: "no-store",
      keepalive: true,
      body: JSON.stringify({ turn: Number(turn.slice(1)) }),
    }).catch(() => { kept = ""; });
  }

  const soon = () => { timer ||= setTimeout(keep, EVERY); };
  addEventListener("scroll", soon, { passive: true });
  document.addEventListener("focusin", soon);
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });

  return {
    comeBack() {
      const i = text.indexById(last);
      if (i < 0) return;
      // The browser would go to where the page was scrolled, which may be another place by now.
      history.scrollRestoration = "manual";
      passage.goto(i);
      say(word("back", { n: last.slice(1) }, document.getElementById("layers-strings").dataset));
    },
  };
}
