// What is lit up in the text: the chosen codings of a turn, or every passage of one code.
import { paint } from "./paint.js";
import { codingOf, codingsIn } from "./panel.js";

/** `pressed(id)` hears which code is lit, "" for none; `told(n)` how many passages it has. */
export function openSpotlight({ text, here, pressed, told }) {
  let code = null;
  let bars = [];

  /** A coding that crosses turns is in several lists and counts once. */
  function spot(items) {
    const seen = new Map(items.map((li) => [li.dataset.coding, codingOf(li)]));
    paint("spot", [...seen.values()].flatMap((one) => text.rangesOf(one.start, one.end)));
    return seen.size;
  }

  const ofCode = () => codingsIn(text.root).filter((li) => li.dataset.code === code);

  return {
    code: () => code,
    /** Light up codings of the turn at hand by id; [] puts the light out, but not that of a code. */
    codings(ids) {
      if (code && !ids.length) return;
      code = null;
      pressed("");
      for (const bar of bars) bar.classList.remove("is-spot");
      const items = here() < 0 ? [] : codingsIn(text.element(here())).filter((li) => ids.includes(li.dataset.coding));
      // A coding has a bar in each turn that it touches; the rest of the text is not looked through.
      bars = items.map(codingOf).flatMap(({ id, start, end }) => (
        text.pieces(start, end).flatMap(([i]) => [...text.element(i).querySelectorAll(`.stripe[data-codings~="${id}"]`)])
      ));
      for (const bar of bars) bar.classList.add("is-spot");
      spot(items);
    },
    /** Every passage of a code, or none of it any more. */
    toggle(id) {
      code = code === id ? null : id;
      pressed(code ?? "");
      const n = spot(code ? ofCode() : []);
      if (code) told(n);
    },
    /** Turns were drawn anew. */
    again() { if (code) spot(ofCode()); },
  };
}
