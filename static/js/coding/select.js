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
    const left = current < 0 ? null : text.element(current);
    left?.classList.remove("is-current");
    left?.querySelector(".margin > summary")?.setAttribute("tabindex", "-1");
    current = i;
    const article = text.element(i);
    article.classList.add("is-current");
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

  /** The sentence at hand; with a passage, the next (1) one after its end or the previous (-1) one before its start. */
  function sentence(step) {
    const at = held ? held[step > 0 ? 1 : 0] : caret ?? text.starts[here()];
    const all = (k) => text.sentences(k).map(([s, e]) => [text.starts[k] + s, text.starts[k] + e]);
    if (!held) {
      const list = all(text.indexAt(at));
      const found = list.findLast(([s]) => s <= at) ?? list[0];
      if (found) return set(...found);
    }
    for (let i = text.indexAt(at); i >= 0 && i < text.count; i += step) {
      const list = all(i);
      const next = step > 0 ? list.find(([s]) => s >= at) : list.findLast(([s]) => s < at);
      if (next) return set(...next);
    }
    return undefined;
  }

  /** The sentences that the passage lies in; when it fills them already, the next one. */
  function sentenceAround() {
    if (!held) return sentence(1);
    const all = (k) => text.sentences(k).map(([s, e]) => [text.starts[k] + s, text.starts[k] + e]);
    const first = all(text.indexAt(held[0])).findLast(([s]) => s <= held[0]);
    const last = all(text.indexAt(held[1])).find(([, e]) => e >= held[1]);
    if (!first || !last || (first[0] === held[0] && last[1] === held[1])) return sentence(1);
    return set(first[0], last[1]);
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

  function wordAt(x, y) {
    const caretHere = document.caretPositionFromPoint?.(x, y);
    const range = caretHere ? null : document.caretRangeFromPoint?.(x, y);
    const node = caretHere?.offsetNode ?? range?.startContainer;
    if (!node || !root.contains(node) || !node.parentElement.closest(".x")) return null;
    const at = text.toOffset(node, caretHere?.offset ?? range.startOffset, "start");
    const i = text.indexAt(at);
    const word = text.words(i).find(([s, e]) => text.starts[i] + s <= at && at <= text.starts[i] + e);
    return word ? [text.starts[i] + word[0], text.starts[i] + word[1]] : null;
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

  let number = null;
  root.addEventListener("pointerdown", (event) => {
    dragging = event.pointerType === "mouse" && event.button === 0;
    number = event.target.closest(".tn");
  });
  document.addEventListener("pointerup", (event) => {
    if (!dragging) return;
    dragging = false;
    // The browser settles a click into a selection only after this event.
    setTimeout(() => {
      // A number has no words of its own: the browser selects nothing there, or leaves what was selected before.
      if (number && number === event.target.closest?.(".tn")) return clicked(event);
      const raw = fromPage();
      if (raw === undefined) return;
      const moved = take(raw, event.altKey ? "grapheme" : "word");
      if (held) show();
      if (held) changed();
      else clicked(event);
      if (moved && !held) changed();
    });
  });
  // A finger held on a word: where the browser selects nothing itself, the word is taken here.
  root.addEventListener("contextmenu", (event) => {
    if (event.pointerType === "mouse" || !getSelection().isCollapsed) return;
    const place = wordAt(event.clientX, event.clientY);
    if (!place) return;
    event.preventDefault();
    set(...place);
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
    set, clear, goto, sentence, sentenceAround, extend, wholeTurn,
    /** After turns were drawn anew: the page's selection is gone with the old ones, ours is not. */
    refresh() {
      if (current >= 0) text.element(current).querySelector(".margin > summary")?.setAttribute("tabindex", "0");
      if (held && !document.activeElement?.closest("input, textarea, select")) show();
    },
  };
}
