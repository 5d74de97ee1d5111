// Places in the page <-> offsets in the text version. An offset counts Unicode code points, as the server does.
const ASTRAL = /[\ud800-\udfff]/;
const segmenter = (granularity) => ("Segmenter" in Intl ? new Intl.Segmenter("kk", { granularity }) : null);
const graphemeSegmenter = segmenter("grapheme");
const wordSegmenter = segmenter("word");
const sentenceSegmenter = segmenter("sentence");
const JOINER = /^[-\u2010\u2011'’ʼ]$/;

export function cpLength(text) {
  if (!ASTRAL.test(text)) return text.length;
  let n = 0;
  for (const _ of text) n++;
  return n;
}

/** UTF-16 index of a code point index. */
export function toUnits(text, points) {
  if (!ASTRAL.test(text)) return Math.min(points, text.length);
  let units = 0;
  for (const letter of text) {
    if (points-- <= 0) break;
    units += letter.length;
  }
  return units;
}

/** [start, end) of every segment, in code points; the whole text when the browser has no segmenter. */
function cut(text, seg, keep = () => true) {
  if (!seg) return text ? [[0, cpLength(text)]] : [];
  const found = [];
  let at = 0;
  for (const part of seg.segment(text)) {
    const n = cpLength(part.segment);
    if (keep(part)) found.push([at, at + n, part]);
    at += n;
  }
  return found;
}

const PICTURE = /\p{Extended_Pictographic}/u;

/** Words; a Kazakh compound joined by a hyphen is one, and so is an emoji. */
export function wordsOf(text) {
  const found = [];
  let joiner = false;
  for (const [s, e, part] of cut(text, wordSegmenter)) {
    const last = found.at(-1);
    if (part?.isWordLike !== false || PICTURE.test(part.segment)) {
      if (joiner && last) last[1] = e;
      else found.push([s, e]);
      joiner = false;
    } else {
      joiner = JOINER.test(part.segment) && last?.[1] === s;
    }
  }
  return found;
}

export const graphemesOf = (text) => cut(text, graphemeSegmenter).map(([s, e]) => [s, e]);

export function trim(text, start, end) {
  const letters = [...text];
  while (start < end && /\s/u.test(letters[start])) start++;
  while (end > start && /\s/u.test(letters[end - 1])) end--;
  return [start, end];
}

/** The transcript under `root` (articles .turn with data-o, data-n, data-b and a paragraph .x). */
export function openText(root) {
  const articles = [...root.querySelectorAll(".turn")];
  const ids = articles.map((a) => a.id);
  const starts = articles.map((a) => Number(a.dataset.o));
  const lengths = articles.map((a) => Number(a.dataset.n));
  const order = new Map(ids.map((id, i) => [id, i]));
  const memo = new Map();

  const element = (i) => document.getElementById(ids[i]);
  const body = (i) => element(i).querySelector(".x");
  const text = (i) => body(i).textContent;
  const endOf = (i) => starts[i] + lengths[i];
  const once = (kind, i, make) => {
    const key = kind + i;
    if (!memo.has(key)) memo.set(key, make());
    return memo.get(key);
  };
  const words = (i) => once("w", i, () => wordsOf(text(i)));
  const graphemes = (i) => once("g", i, () => graphemesOf(text(i)));
  const sentences = (i) => once("s", i, () => {
    const marked = (element(i).dataset.b || "").split(",").filter(Boolean).map(Number);
    const bounds = marked.length ? marked : cut(text(i), sentenceSegmenter).map(([s]) => s);
    const cuts = [...new Set([0, ...bounds, lengths[i]])].filter((b) => b >= 0 && b <= lengths[i]).sort((a, b) => a - b);
    return cuts.slice(0, -1).map((s, k) => trim(text(i), s, cuts[k + 1])).filter(([s, e]) => e > s);
  });

  /** Index of the last turn that starts at or before an offset. */
  function indexAt(offset) {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (starts[mid] <= offset) low = mid;
      else high = mid - 1;
    }
    return low;
  }

  /** A place in the page as an offset; places outside the words go to the nearest edge on the side of `edge`. */
  function toOffset(node, offset, edge) {
    const el = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    const turn = el?.closest(".turn");
    if (turn && order.has(turn.id)) return inTurn(order.get(turn.id), node, offset, edge);
    const at = new Range();
    at.setStart(node, offset);
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      const here = new Range();
      here.selectNodeContents(body(mid));
      if (here.compareBoundaryPoints(Range.START_TO_START, at) >= 0) high = mid;
      else low = mid + 1;
    }
    if (edge === "end") return low ? endOf(low - 1) : 0;
    return low < starts.length ? starts[low] : endOf(starts.length - 1);
  }

  function inTurn(i, node, offset, edge) {
    const x = body(i);
    const range = new Range();
    if (x.contains(node)) {
      range.setStart(x, 0);
      range.setEnd(node, offset);
      return starts[i] + cpLength(range.toString());
    }
    range.selectNodeContents(x);
    if (range.comparePoint(node, offset) < 0) return edge === "end" && i > 0 ? endOf(i - 1) : starts[i];
    return edge === "start" && i + 1 < starts.length ? starts[i + 1] : endOf(i);
  }

  /** Parts of [a, b) by turn: [index, start, end] counted within the turn. */
  function pieces(a, b) {
    const found = [];
    for (let i = indexAt(a); i < starts.length && starts[i] < b; i++) {
      const s = Math.max(0, a - starts[i]);
      const e = Math.min(lengths[i], b - starts[i]);
      if (e > s) found.push([i, s, e]);
    }
    return found;
  }

  function place(i, points, side) {
    const walk = document.createTreeWalker(body(i), NodeFilter.SHOW_TEXT);
    let left = points;
    let last = null;
    while (walk.nextNode()) {
      last = walk.currentNode;
      const n = cpLength(last.data);
      if (left < n || (left === n && side === "end")) return [last, toUnits(last.data, left)];
      left -= n;
    }
    return last ? [last, last.data.length] : [body(i), 0];
  }

  /** A live Range over [a, b), or null where it holds no text. */
  function rangeOf(a, b) {
    const parts = pieces(a, b);
    if (!parts.length) return null;
    const range = new Range();
    range.setStart(...place(parts[0][0], parts[0][1], "start"));
    range.setEnd(...place(parts.at(-1)[0], parts.at(-1)[2], "end"));
    return range;
  }

  /** The same, one Range per turn: what lies between turns is left out. */
  const rangesOf = (a, b) => pieces(a, b).map(([i, s, e]) => rangeOf(starts[i] + s, starts[i] + e));

  /** Widen [a, b) to whole graphemes or words and trim white space; null where nothing is left. */
  function snap(a, b, how) {
    const parts = pieces(a, b);
    if (!parts.length) return null;
    const [i, s] = parts[0];
    const [j, , e] = parts.at(-1);
    const unit = (k, kind) => (kind === "word" ? words(k) : graphemes(k));
    const down = (k, p, kind) => unit(k, kind).find(([x, y]) => x < p && p < y)?.[0] ?? p;
    const up = (k, p, kind) => unit(k, kind).find(([x, y]) => x < p && p < y)?.[1] ?? p;
    let from = down(i, s, "grapheme");
    let to = up(j, e, "grapheme");
    if (how === "word") [from, to] = [down(i, from, "word"), up(j, to, "word")];
    if (i === j) {
      const [x, y] = trim(text(i), from, to);
      return y > x ? [starts[i] + x, starts[i] + y] : null;
    }
    const lead = trim(text(i), from, lengths[i]);
    const tail = trim(text(j), 0, to);
    const start = lead[0] < lead[1] ? starts[i] + lead[0] : starts[i + 1];
    const end = tail[0] < tail[1] ? starts[j] + tail[1] : endOf(j - 1);
    return end > start ? [start, end] : null;
  }

  return {
    root, count: ids.length, starts, lengths, element, body, text, endOf, words, sentences, indexAt, toOffset, pieces, rangeOf, rangesOf, snap,
    /** The words of this turn are others now. */
    forget: (i) => { for (const kind of "wgs") memo.delete(kind + i); },
    indexOf: (article) => order.get(article?.id) ?? -1,
    indexById: (id) => order.get(id) ?? -1,
    slice: (a, b) => pieces(a, b).map(([i, s, e]) => { const t = text(i); return t.slice(toUnits(t, s), toUnits(t, e)); }).join("\n"),
  };
}
