// The chosen coding in full, beside the text: what its code means, who gave it when, its memos and translations.
import { word } from "../toast.js";

// Somebody who only passes over codings on the way asks for none of them.
const WAIT = 250;

/** `at` is the address of one coding. `show(li)` takes a coding of the list, or nothing. */
export function openInspector({ box, at, strings }) {
  let now = "";
  let timer = 0;
  let waiting = null;

  function put(...parts) {
    box.replaceChildren(...parts);
    box.hidden = !parts.length;
  }

  function failed() {
    const said = document.createElement("p");
    said.className = "muted";
    said.textContent = word("inspectFailed", {}, strings);
    put(said);
    // The same coding chosen again is asked for again.
    now = "";
  }

  async function ask(id, signal) {
    const headers = { "HX-Request": "true" };
    const reply = await fetch(at(id), { credentials: "same-origin", cache: "no-store", headers, signal });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const part = reply.ok && page.getElementById("inspected");
    if (signal.aborted) return;
    if (part) put(document.importNode(part, true));
    else failed();
  }

  return {
    show(li) {
      const id = li?.dataset.coding ?? "";
      // Another claim or another code of the same coding is another answer.
      const key = li ? `${id} ${li.dataset.r} ${li.textContent}` : "";
      if (key === now) return;
      const isOther = !now.startsWith(`${id} `);
      now = key;
      waiting?.abort();
      clearTimeout(timer);
      if (!id || isOther) put();
      if (!id) return;
      waiting = new AbortController();
      const { signal } = waiting;
      timer = setTimeout(() => ask(id, signal).catch(() => { if (!signal.aborted) failed(); }), WAIT);
    },
    /** What is shown may be another by now. */
    forget() { now = ""; },
  };
}
