// The coding at hand: the one just made, chosen in the column or with the key for it. Claims, extent and notes go to it.
import { codingOf, codingsIn } from "./panel.js";

const WEIGHTS = 5;
const claims = ({ start, end, valence, weight, unsure }) => ({ start, end, valence, weight, unsure });

/** `waits(id)` says whether a coding has not reached the server yet; `change(coding, fields)` sends other claims. */
export function openHand({ text, passage, panel, waits, change, tell, say, toast }) {
  // What was asked for, until the page shows it.
  const asked = new Map();
  let id = null;

  function known(one) {
    const li = one && text.root.querySelector(`li[data-coding="${one}"]`);
    if (waits(one)) return asked.get(one);
    if (li) return codingOf(li);
    // The server may have joined it to an older coding of the same code.
    const was = asked.get(one);
    const i = passage.current();
    return was && i >= 0 ? mine(i).find((other) => other.code === was.code && other.start < was.end && was.start < other.end) : null;
  }

  const isHere = (one, i) => one && one.start < text.endOf(i) && one.end > text.starts[i];
  const mine = (i) => codingsIn(text.element(i)).map(codingOf).filter((one) => one.mine);

  function at() {
    const i = passage.current();
    if (i < 0) return null;
    const held = known(id);
    if (isHere(held, i)) return held;
    const here = mine(i);
    return here.find((one) => panel.chosen().includes(one.id)) ?? (here.length === 1 ? here[0] : null);
  }

  function told(one) {
    const parts = [one.valence && tell(one.valence), one.weight && tell("weight", { n: one.weight }), one.unsure && tell("unsure")];
    return parts.filter(Boolean).join(", ") || tell("plain");
  }

  function set(fields) {
    const one = at();
    if (!one) return toast(tell("noneAtHand"));
    const next = { ...one, ...fields };
    asked.set(one.id, next);
    id = one.id;
    change(one, claims(next));
    say(tell("claims", { code: one.label, claims: told(next) }));
    return undefined;
  }

  function take(one) {
    id = one.id;
    passage.set(one.start, one.end);
    panel.choose([one.id]);
    say(tell("atHand", { code: one.label, claims: told(one) }));
  }

  return {
    at,
    /** A coding was just asked for: it is the one at hand. */
    made(one) { id = one.id; asked.set(one.id, one); },
    chosen(one) { id = one; },
    /** The next one of mine on this turn: its stretch becomes the selection. */
    pick() {
      const i = passage.current();
      const here = i < 0 ? [] : mine(i);
      if (!here.length) return toast(tell("noneAtHand"));
      const now = here.findIndex((one) => one.id === at()?.id);
      const held = passage.held();
      const isAtIt = now >= 0 && held?.[0] === here[now].start && held?.[1] === here[now].end;
      return take(here[isAtIt ? (now + 1) % here.length : Math.max(0, now)]);
    },
    take,
    /** The coding gets the stretch that is selected now. */
    extent() {
      const held = passage.held();
      if (held) set({ start: held[0], end: held[1] });
    },
    valence: (which) => set({ valence: at()?.valence === which ? null : which }),
    weight: () => set({ weight: ((at()?.weight ?? 0) + 1) % (WEIGHTS + 1) || null }),
    unsure: () => set({ unsure: !at()?.unsure }),
  };
}
