// What flags hide: the words on the page become marks of the same length, at once and without asking the server.
const MARK = "█";
const BLANK = /\s/u;

/** Hide stretches of the text; `name` is what a screen reader says there. Returns whether anything was in sight. */
export function hide(text, spans, name) {
  let found = false;
  for (const [a, b] of spans) {
    for (const [i, s, e] of text.pieces(a, b)) {
      const range = text.rangeOf(text.starts[i] + s, text.starts[i] + e);
      const parts = range ? textsIn(range, text.body(i)) : [];
      for (const [node, from, to] of parts) cover(node, from, to, name);
      if (!parts.length) continue;
      text.forget(i);
      found = true;
    }
  }
  return found;
}

/** The stretches of text nodes in a range that are not hidden yet. */
function textsIn(range, body) {
  const walk = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.parentElement.closest(".hid") || !range.intersectsNode(node)) continue;
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.data.length;
    if (to > from) found.push([node, from, to]);
  }
  return found;
}

function cover(node, from, to, name) {
  const part = from ? node.splitText(from) : node;
  if (to - from < part.data.length) part.splitText(to - from);
  const box = document.createElement("span");
  box.className = "hid";
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", name);
  box.textContent = [...part.data].map((sign) => (BLANK.test(sign) ? sign : MARK)).join("");
  part.replaceWith(box);
}
