// Codings go to the server one after another, in the order they were made. Each has its id from here, so a repeat does no harm.
// What could not be sent waits in this page and is tried again; the state is always on the screen.
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30000;
const TRANSIENT = new Set([408, 425, 429]);

/** Replace every element of the page that the reply brings anew, by id. Returns the ids. */
export function applyReply(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const ids = [];
  for (const fresh of [...box.content.children]) {
    const old = fresh.id && document.getElementById(fresh.id);
    if (!old) continue;
    const focused = old.contains(document.activeElement);
    if (old.classList.contains("is-current")) fresh.classList.add("is-current");
    if (old.querySelector("details.margin[open]")) fresh.querySelector("details.margin")?.setAttribute("open", "");
    old.replaceWith(fresh);
    globalThis.htmx?.process(fresh);
    if (focused && fresh.tabIndex === -1) fresh.focus({ preventScroll: true });
    ids.push(fresh.id);
  }
  return ids;
}

/** `url(id)` is the address of a coding; `on` hears changed(), done(op, ids), refused(op, status), signedOut(). */
export function openQueue({ url, csrf, on }) {
  const waiting = [];
  let busy = false;
  let wait = FIRST_WAIT;
  let timer = 0;
  let trouble = "";

  const state = () => (waiting.length ? trouble || "waiting" : "saved");

  async function send(op) {
    const headers = { "X-CSRF": csrf(), "HX-Request": "true", Accept: "text/html" };
    const options = { method: op.kind === "put" ? "PUT" : "DELETE", headers, credentials: "same-origin", cache: "no-store" };
    if (op.kind === "put") {
      headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(op.body);
    }
    try {
      const reply = await fetch(url(op.id), options);
      return { status: reply.status, html: reply.ok ? await reply.text() : "" };
    } catch {
      return { status: 0, html: "" };
    }
  }

  function later(status) {
    trouble = status === 0 ? "offline" : "held";
    timer = setTimeout(flush, wait);
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }

  async function flush() {
    if (busy) return;
    clearTimeout(timer);
    busy = true;
    while (waiting.length) {
      const op = waiting[0];
      const { status, html } = await send(op);
      const gone = op.kind === "delete" && status === 404;
      if ((status >= 200 && status < 300) || gone) {
        waiting.shift();
        trouble = "";
        wait = FIRST_WAIT;
        on.done(op, applyReply(html));
      } else if (status === 0 || status >= 500 || status === 401 || TRANSIENT.has(status)) {
        if (status === 401 && !op.asked) on.signedOut();
        op.asked = status === 401;
        later(status);
        break;
      } else {
        waiting.shift();
        on.refused(op, status);
      }
      on.changed(state(), waiting);
    }
    busy = false;
    on.changed(state(), waiting);
  }

  const soon = () => {
    if (!waiting.length) return;
    wait = FIRST_WAIT;
    flush();
  };
  addEventListener("online", soon);
  addEventListener("focus", soon);
  addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });

  return {
    add(op) {
      waiting.push(op);
      on.changed(state(), waiting);
      if (!trouble) flush();
    },
  };
}
