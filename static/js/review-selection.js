// What is selected in the text to be read: its words, and where they stand in the whole text, in code points.
// Words that would stand instead, and the blank before them, belong to the page and not to the text.
const shown = (node) => !node.parentElement.closest(".now") && !node.parentElement.matches("mark.is-replaced");

function points(text) {
  return [...text].length;
}

/** Code points of a turn's own words before a place in it; words that would stand instead don't count. */
function before(turn, node, offset) {
  const walker = document.createTreeWalker(turn, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  range.setStart(turn, 0);
  range.setEnd(node, offset);
  let sum = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!shown(text)) continue;
    if (text === node) return sum + points(text.data.slice(0, offset));
    if (range.comparePoint(text, 0) > 0) break;
    sum += points(text.data);
  }
  return sum;
}

/** {words, place} of the selection, null when nothing is selected; place is "" where it is not one stretch of one turn. */
export function chosen() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const turnOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(".x");
  const turn = turnOf(range.startContainer);
  const typed = selection.toString();
  if (!turn || turn !== turnOf(range.endContainer)) return typed.trim() ? { words: typed.trim(), place: "" } : null;
  const whole = [];
  const walker = document.createTreeWalker(turn, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (shown(walker.currentNode)) whole.push(walker.currentNode.data);
  const letters = [...whole.join("")];
  let [start, end] = [before(turn, range.startContainer, range.startOffset), before(turn, range.endContainer, range.endOffset)];
  while (start < end && !letters[start].trim()) start++;
  while (end > start && !letters[end - 1].trim()) end--;
  if (start >= end) return null;
  const from = Number(turn.dataset.o);
  return { words: letters.slice(start, end).join("").replace(/\s+/g, " "), place: `${from + start}-${from + end}` };
}
