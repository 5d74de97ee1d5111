// Passing marks (waiting to be saved, lit-up code) as CSS highlights; where a browser has none, nothing is painted.
const can = typeof Highlight !== "undefined" && Boolean(globalThis.CSS?.highlights);

/** Replace what is painted under `name` by these ranges. */
export function paint(name, ranges) {
  if (!can) return;
  const real = ranges.filter(Boolean);
  if (real.length) CSS.highlights.set(name, new Highlight(...real));
  else CSS.highlights.delete(name);
}
