// The passage at hand: made by mouse, touch or keys, held as [start, end) in code points, shown as the page's own selection.
const TOUCH_WAIT = 200;

/** `changed()` is called whenever the passage or the current turn is another one. */
export function openPassage(text, changed) {
  const { root } = text;
  let held = null;
  let current = -1;
  let caret = null;
  let dragging = false;
  let timer = 0;

  const same = (a, b) => a === b || (a && b && a[0] === b[0] && a[1] === b[1]);
  const here = () => Math.max(0, current);

  function mark(i) {
    if (i === current) return;
    if (current >= 0) text.element(current).classList.remove("is-current");
    current = i;
    const article = text.element(i);
    article.classList.add("is-current");
    for (const summary of root.querySelectorAll(".margin > summary[tabindex='0']")) summary.tabIndex = -1;
    article.querySelector(".margin > summary")?.setAttribute("tabindex", "0");
  }

  function show() {
    const range = held && text.rangeOf(...held);
    const selection = getSelection();
    selection.removeAllRanges();
    if (range) selection.addRange(range);
    return range;
  }

  /** Bring a box into the part of the window between the tool bar and the foot. */
  function reveal(box) {
    const top = 64;
    const bottom = innerHeight - 72;
    if (box.top < top) scrollBy(0, box.top - top);
    else if (box.bottom > bottom) scrollBy(0, Math.min(box.bottom - bottom, box.top - top));
  }

  function set(a, b, { focus = true } = {}) {
    held = b > a ? [a, b] : null;
    if (held) {
      mark(text.indexAt(a));
      if (focus) text.element(current).focus({ preventScroll: true });
    }
    const range = show();
    if (range) reveal(range.getBoundingClientRect());
    changed();
  }

  function clear() {
    held = null;
    getSelection().removeAllRanges();
    changed();
  }

  function goto(i) {
    if (!text.count) return;
    const to = Math.max(0, Math.min(text.count - 1, i));
    mark(to);
    held = null;
    caret = null;
    getSelection().removeAllRanges();
    const article = text.element(to);
    article.focus({ preventScroll: true });
    reveal(article.getBoundingClientRect());
    // Turns off the screen have only a guessed height until they are drawn.
    requestAnimationFrame(() => reveal(article.getBoundingClientRect()));
    changed();
  }

  /** The sentence at hand, or the next (1) or previous (-1) one when it is held already; goes on over turns. */
  function sentence(step) {
    const at = held?.[0] ?? caret ?? text.starts[here()];
    let i = text.indexAt(at);
    const all = (k) => text.sentences(k).map(([s, e]) => [text.starts[k] + s, text.starts[k] + e]);
    const list = all(i);
    const k = Math.max(0, list.findLastIndex(([s]) => s <= at));
    if (list[k] && !same(list[k], held)) return set(...list[k]);
    if (list[k + step]) return set(...list[k + step]);
    for (i += step; i >= 0 && i < text.count; i += step) {
      const next = all(i).at(step > 0 ? 0 : -1);
      if (next) return set(...next);
    }
    return undefined;
  }

  function nearest(offset, edge, step, units) {
    for (let i = text.indexAt(offset); i >= 0 && i < text.count; i += step) {
      const places = units(i).map((unit) => text.starts[i] + unit[edge]);
      const hit = step > 0 ? places.find((p) => p > offset) : places.findLast((p) => p < offset);
      if (hit !== undefined) return hit;
    }
    return undefined;
  }

  /** Move one end ("start" or "end") by a word or a sentence; the passage never turns over. */
  function extend(unit, step, side = "end") {
    const units = unit === "word" ? text.words : text.sentences;
    if (!held) {
      const first = units(here())[0];
      return first && set(text.starts[here()] + first[0], text.starts[here()] + first[1]);
    }
    const [a, b] = held;
    const to = nearest(side === "end" ? b : a, side === "end" ? 1 : 0, step, units);
    if (to === undefined) return undefined;
    const next = side === "end" ? [a, to] : [to, b];
    return next[0] < next[1] ? set(...next, { focus: false }) : undefined;
  }

  function wholeTurn(i = here()) {
    const found = text.snap(text.starts[i], text.endOf(i), "grapheme");
    if (found) set(...found);
  }

  function fromPage() {
    const selection = getSelection();
    if (!selection.rangeCount) return undefined;
    const range = selection.getRangeAt(0);
    if (range.collapsed) return root.contains(range.startContainer) ? null : undefined;
    if (!root.contains(range.startContainer) && !root.contains(range.endContainer)) return undefined;
    const a = text.toOffset(range.startContainer, range.startOffset, "start");
    const b = text.toOffset(range.endContainer, range.endOffset, "end");
    return b > a ? [a, b] : null;
  }

  function take(raw, how) {
    const found = raw && text.snap(...raw, how);
    if (same(found, held)) return false;
    held = found || null;
    if (held) mark(text.indexAt(held[0]));
    return true;
  }

  function clicked(event) {
    const article = event.target.closest?.(".turn");
    const i = text.indexOf(article);
    if (i < 0) return;
    if (event.target.closest(".tn")) {
      wholeTurn(i);
      return;
    }
    const range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
    const inWords = range?.collapsed && text.body(i).contains(range.startContainer);
    caret = inWords ? text.toOffset(range.startContainer, range.startOffset, "start") : null;
    mark(i);
    changed();
  }

  root.addEventListener("pointerdown", (event) => { dragging = event.pointerType === "mouse" && event.button === 0; });
  document.addEventListener("pointerup", (event) => {
    if (!dragging) return;
    dragging = false;
    // The browser settles a click into a selection only after this event.
    setTimeout(() => {
      const raw = fromPage();
      if (raw === undefined) return;
      const moved = take(raw, event.altKey ? "grapheme" : "word");
      if (held) show();
      if (held) changed();
      else clicked(event);
      if (moved && !held) changed();
    });
  });
  root.addEventListener("click", (event) => { if (event.pointerType !== "mouse" && !held) clicked(event); });
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    if (dragging) return;
    timer = setTimeout(() => {
      const raw = fromPage();
      if (dragging || raw === undefined || same(raw, held)) return;
      if (take(raw, "grapheme")) changed();
    }, TOUCH_WAIT);
  });

  return {
    held: () => held,
    current: () => current,
    caret: () => caret,
    set, clear, goto, sentence, extend, wholeTurn,
    /** After turns were drawn anew: the page's selection is gone with the old ones, ours is not. */
    refresh() {
      if (current >= 0) text.element(current).querySelector(".margin > summary")?.setAttribute("tabindex", "0");
      if (held && !document.activeElement?.closest("input, textarea, select")) show();
    },
  };
}
