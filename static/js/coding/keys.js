// Which act a key means. Keys go by their place on the keyboard (event.code), so that ЙЦУКЕН and қазақ are no obstacle.
// A person's own keys are kept in this browser, under the person's id; they hold names of keys and nothing else.
// [act and its values, keys…]. A bare letter acts only while nothing is selected: with a selection letters look for a code.
export const ACTS = {
  "sentence-next": [["sentence", 1], "ArrowDown", "KeyS"],
  "sentence-back": [["sentence", -1], "ArrowUp", "Shift+KeyS"],
  "turn-next": [["turn", 1], "Control+ArrowDown", "KeyJ"],
  "turn-back": [["turn", -1], "Control+ArrowUp", "KeyK"],
  "turn-whole": [["whole"], "Shift+KeyT", "KeyT"],
  "word-more": [["extend", "word", 1, "end"], "Shift+ArrowRight"],
  "word-less": [["extend", "word", -1, "end"], "Shift+ArrowLeft"],
  "start-later": [["extend", "word", 1, "start"], "Control+Shift+ArrowRight"],
  "start-earlier": [["extend", "word", -1, "start"], "Control+Shift+ArrowLeft"],
  "sentence-more": [["extend", "sentence", 1, "end"], "Shift+ArrowDown"],
  "sentence-less": [["extend", "sentence", -1, "end"], "Shift+ArrowUp"],
  "sentence-start-later": [["extend", "sentence", 1, "start"], "Control+Shift+ArrowDown"],
  "sentence-start-earlier": [["extend", "sentence", -1, "start"], "Control+Shift+ArrowUp"],
  clear: [["clear"], "Escape"],
  codes: [["codes"], "Enter", "NumpadEnter", "KeyC"],
  again: [["again"], "Period", "NumpadDecimal"],
  "in-vivo": [["inVivo"], "Shift+KeyI"],
  pick: [["pick"], "Shift+KeyO"],
  extent: [["extent"], "Shift+KeyE"],
  helps: [["valence", "helps"], "Shift+Digit1"],
  hinders: [["valence", "hinders"], "Shift+Digit2"],
  denies: [["valence", "denies"], "Shift+Digit3"],
  weight: [["weight"], "Shift+KeyW"],
  unsure: [["unsure"], "Shift+KeyU"],
  memo: [["memo"], "Shift+KeyM"],
  remove: [["remove"], "Delete"],
  "passage-next": [["passage", 1], "Shift+KeyN"],
  "passage-back": [["passage", -1], "Shift+KeyP"],
  flag: [["flag"], "Shift+KeyH"],
  go: [["go"], "Control+KeyK"],
  focus: [["focus"], "Shift+KeyF"],
  keys: [["keys"], "Shift+Slash"],
};
const CHARACTER = /^(Key[A-Z]|Digit\d|Numpad(\d|Decimal|Add|Subtract|Multiply|Divide)|Period|Comma|Slash|Backslash|Semicolon|Quote|Bracket(Left|Right)|Minus|Equal|Backquote|Intl\w+|Space)$/;
const MODIFIER = /^(Control|Shift|Alt|Meta)(Left|Right)$|^(CapsLock|Fn|NumLock)$/;
const LETTER = /^\p{L}$/u;
// Letters of a Cyrillic layout, though the Latin one that was left on has signs there: ж э х ъ б ё.
const LETTER_ELSEWHERE = /^(Semicolon|Quote|Bracket(Left|Right)|Comma|Backquote)$/;
// What a browser keeps for itself, what the page needs to stay usable, and the digits of the numbered codes.
const TAKEN = /^((Shift\+)?Tab|Escape|(Control\+)?(Shift\+)?F\d+|Control\+(Shift\+)?Key[NTWZRLQAC]|Control\+Key[VXYFP]|(Digit|Numpad)[1-9]|Space|(Control\+)?(Home|End|Page\w+))$/;
const SIGNS = {
  ArrowRight: "→", ArrowLeft: "←", ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc", Period: ".", Comma: ",", Slash: "/", Backslash: "\\", Semicolon: ";",
  Quote: "'", BracketLeft: "[", BracketRight: "]", Minus: "-", Equal: "=", Backquote: "`",
};

/** "Control+Shift+KeyS" of a keydown, "" while only a modifier is down. */
export function chordOf(event) {
  if (!event.code || MODIFIER.test(event.code)) return "";
  const held = [(event.ctrlKey || event.metaKey) && "Control", event.altKey && "Alt", event.shiftKey && "Shift"];
  return [...held.filter(Boolean), event.code].join("+");
}

/** How a chord is written for people, with the letters of the key caps that every keyboard here carries. */
export function written(chord) {
  return chord
    .split("+")
    .map((part) => SIGNS[part] ?? part.replace("Control", "Ctrl").replace(/^(Key|Digit)/, "").replace(/^Numpad/, "Num "))
    .join(" ");
}

const codeOf = (chord) => chord.split("+").at(-1);
const isBare = (chord) => /^Key[A-Z]$/.test(chord);
/** Whether a chord is a single character: those are what the switch turns off. */
export const isSingle = (chord) => CHARACTER.test(codeOf(chord)) && !/Control|Alt/.test(chord);

/** The keys of the person `me` in this browser. */
export function openKeys(me, store = localStorage) {
  const place = `keys:${me}`;
  let { own, singles } = read();

  function read() {
    try {
      const kept = JSON.parse(store.getItem(place) ?? "{}");
      const known = Object.entries(kept.own ?? {}).filter(([id, chord]) => ACTS[id] && typeof chord === "string");
      return { own: new Map(known), singles: kept.singles !== false };
    } catch {
      return { own: new Map(), singles: true };
    }
  }

  function keep() {
    try {
      store.setItem(place, JSON.stringify({ own: Object.fromEntries(own), singles }));
    } catch {
      // A browser that keeps nothing still uses them until the page is left.
    }
  }

  const chordsOf = (id) => {
    if (own.has(id)) return [own.get(id)];
    const taken = new Set(own.values());
    return ACTS[id].slice(1).filter((chord) => !taken.has(chord));
  };
  const ownerOf = (chord) => Object.keys(ACTS).find((id) => chordsOf(id).includes(chord));

  function actOf(event, isHeld) {
    const chord = chordOf(event);
    if (!chord || (!singles && isSingle(chord))) return null;
    const id = ownerOf(chord);
    // Bare letters of the first mapping give way to the search; those that somebody chose do not.
    if (id && !(isHeld && isBare(chord) && !own.has(id))) return ACTS[id][0];
    if (/Control|Alt/.test(chord)) return null;
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(chord)?.[1];
    if (digit) return ["number", Number(digit)];
    // Where a layout has these signs elsewhere, the sign counts too, unless their keys were chosen anew.
    if (event.key === "." && !own.has("again")) return ["again"];
    if (event.key === "?" && !own.has("keys")) return ["keys"];
    const isLetter = LETTER.test(event.key) || (event.key.length === 1 && LETTER_ELSEWHERE.test(event.code));
    return !event.shiftKey && isLetter ? ["search", event.key] : null;
  }

  return {
    /** [act, ...values] of a keydown, or null where the key is the browser's own. */
    actOf, chordsOf, ownerOf,
    act: (id) => ACTS[id][0],
    isOwn: (id) => own.has(id),
    singles: () => singles,
    setSingles(on) { singles = on; keep(); },
    /** Give an act this key. Returns what forbids it: "taken" (the browser's), the act that has it, or "". */
    set(id, chord) {
      if (TAKEN.test(chord)) return "taken";
      const other = ownerOf(chord);
      if (other && other !== id) return other;
      own.set(id, chord);
      keep();
      return "";
    },
    reset(id) {
      if (id) own.delete(id);
      else own.clear();
      keep();
    },
  };
}
