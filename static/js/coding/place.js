// A place in an address: "#t12~512-516.530-534" is turn 12 with two stretches lit, counted in code points of the text.
// Only offsets travel, never words.

export function placeIn(hash) {
  const [turn, lit = ""] = hash.slice(1).split("~");
  const spans = [...lit.matchAll(/(\d{1,9})-(\d{1,9})/g)].map(([, a, b]) => [Number(a), Number(b)]);
  return { turn, spans: spans.filter(([a, b]) => a < b) };
}
