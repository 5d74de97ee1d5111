// Which act a key means. Letters go by their place on the keyboard, so that ЙЦУКЕН is no obstacle.
const ARROWS = { ArrowRight: ["word", 1], ArrowLeft: ["word", -1], ArrowDown: ["sentence", 1], ArrowUp: ["sentence", -1] };
const PLAIN = {
  Delete: ["remove"], Escape: ["clear"], KeyJ: ["turn", 1], KeyK: ["turn", -1], KeyC: ["codes"], Enter: ["codes"], NumpadEnter: ["codes"],
};

/** [act, ...values] of a keydown, or null where the key is the browser's own. */
export function actOf(event) {
  const { code, key, shiftKey } = event;
  const held = event.ctrlKey || event.metaKey;
  if (shiftKey && ARROWS[code] && !event.altKey) {
    const [unit, step] = ARROWS[code];
    return ["extend", unit, step, held ? "start" : "end"];
  }
  if (held || event.altKey) return null;
  if (key === "?") return ["keys"];
  if (key === ".") return ["again"];
  // Shift, since letters alone look for a code.
  if (code === "KeyH" && shiftKey) return ["flag"];
  if (code === "KeyS") return ["sentence", shiftKey ? -1 : 1];
  if (PLAIN[code] && !shiftKey) return PLAIN[code];
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1];
  if (digit && !shiftKey) return ["number", Number(digit)];
  // The key of the full stop gives «ю» on a Russian layout; a Kazakh one has letters on the digits.
  if (code === "Period" && !shiftKey) return ["again"];
  return /^\p{L}$/u.test(key) ? ["search", key] : null;
}
