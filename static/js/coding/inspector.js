// The chosen coding in full, beside the text: what its code means, who gave it when, its memos and translations.
import { word } from "../toast.js";

// Somebody who only passes over codings on the way asks for none of them.
const WAIT = 250;
const FOCUSABLE = "a[href], button";

/** `at` is the address of one coding. `show(li)` takes a coding of the list, or nothing. */
export function openInspector({ box, at, strings }) {
  let chosen = null;
  // Which coding is in the box or on its way there, and how it stood in the list then; "" where that may be another now.
  let id = "";
  let stood = "";
  let timer = 0;
  let waiting = null;

  function put(...parts) {
    const focused = [...box.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
    box.replaceChildren(...parts);
    box.hidden = !parts.length;
    if (focused >= 0) box.querySelectorAll(FOCUSABLE)[focused]?.focus({ preventScroll: true });
  }

  function failed() {
    const said = document.createElement("p");
    said.className = "muted";
    said.textContent = word("inspectFailed", {}, strings);
    put(said);
    stood = "";
  }

  async function ask(address, isBackground, signal) {
    const headers = { "HX-Request": "true", ...(isBackground && { "X-Background": "1" }) };
    const reply = await fetch(address, { credentials: "same-origin", cache: "no-store", headers, signal });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const part = reply.ok && page.getElementById("inspected");
    if (signal.aborted) return;
    if (part) put(document.importNode(part, true));
    else failed();
  }

  function show(li) {
    chosen = li;
    const next = li?.dataset.coding ?? "";
    // With another claim or another code it is another answer.
    const stands = li ? `${li.dataset.r} ${li.textContent}` : "";
    if (next === id && stands === stood) return;
    // It stands otherwise, though nobody chose it just now.
    const isBackground = next === id && stood !== "";
    if (next !== id) put();
    [id, stood] = [next, stands];
    waiting?.abort();
    clearTimeout(timer);
    if (!id) return;
    waiting = new AbortController();
    const { signal } = waiting;
    const address = at(id);
    timer = setTimeout(() => ask(address, isBackground, signal).catch(() => { if (!signal.aborted) failed(); }), WAIT);
  }

  return {
    show,
    /** What is shown may be another by now: the next look asks again. */
    forget() { stood = ""; },
    /** Words were hidden or shown again: nothing of before stays. */
    again() {
      waiting?.abort();
      put();
      stood = "";
      show(chosen);
    },
  };
}
