// Flagging words that name somebody, and hiding what others flag while this page is open.
import { toast, word } from "../toast.js";
import { hide } from "./hide.js";

const AGAIN_AFTER = 10000;
const NOBODY = "00000000-0000-0000-0000-000000000000";
const LONGEST = 600;

/** `redraw()` is called when words went out of sight; `left()` takes the focus back. */
export function openFlags({ bench, text, passage, redraw, left }) {
  const dialog = document.getElementById("flag-box");
  if (!dialog) return { open() {}, again() {} };
  const strings = document.getElementById("flag-strings").dataset;
  const say = (name) => word(name, {}, strings);
  const note = dialog.querySelector("#flag-note");
  const error = dialog.querySelector("#flag-error");
  const submit = dialog.querySelector("[type=submit]");
  let revision = Number(bench.dataset.hidden);
  let hidden = [];
  let asked = null;

  const again = () => hide(text, hidden, say("hiddenPassage"));

  /** Take what the server says is hidden; never less than it, since a later answer may come first. */
  function take(state, { own = false } = {}) {
    const isNew = state.revision !== revision;
    if (state.revision < revision) return;
    revision = state.revision;
    hidden = state.hidden;
    const wentOut = again();
    if (wentOut) redraw();
    if (dialog.open) quote();
    if (own || !isNew) return;
    if (wentOut) toast(say("byOthers"));
    else if (shows()) {
      toast(say("shown"), { bad: true, action: { label: say("openAgain"), run: () => location.reload() } });
    }
  }

  /** Whether marks are left on the page where nothing is hidden any more. */
  function shows() {
    const n = hidden.reduce((sum, [a, b]) => sum + text.pieces(a, b).reduce((k, [, s, e]) => k + e - s, 0), 0);
    return [...text.root.querySelectorAll(".hid")].reduce((sum, box) => sum + box.textContent.length, 0) > n;
  }

  function open() {
    const held = passage.held();
    if (!held) return void toast(say("nothing"));
    if (!asked || asked.start !== held[0] || asked.end !== held[1]) {
      asked = { id: crypto.randomUUID(), start: held[0], end: held[1] };
      note.value = "";
    }
    quote();
    error.textContent = "";
    dialog.showModal();
    note.focus();
  }

  function quote() {
    const words = text.slice(asked.start, asked.end);
    const place = dialog.querySelector("#flag-words");
    place.textContent = words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
    place.lang = text.body(text.indexAt(asked.start)).lang;
  }

  async function send() {
    const { id, start, end } = asked;
    const body = { transcript_id: bench.dataset.transcript, version: Number(bench.dataset.version), start, end, note: note.value };
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRF": document.querySelector("meta[name=csrf]").content };
    let reply;
    try {
      reply = await fetch(dialog.dataset.put.replace(NOBODY, id), { method: "PUT", headers, credentials: "same-origin", cache: "no-store", body: JSON.stringify(body) });
    } catch {
      return say("offline");
    }
    if (reply.status === 401) return say("signedOut");
    const answer = await reply.json().catch(() => null);
    if (!reply.ok) return (reply.status < 500 && answer?.message) || say("failed");
    take(answer ?? { revision, hidden: [...hidden, [start, end]] }, { own: true });
    return "";
  }

  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    const trouble = await send();
    submit.disabled = false;
    error.textContent = trouble;
    if (trouble) return void (dialog.open && note.focus());
    asked = null;
    dialog.close();
    passage.refresh();
    toast(say("hidden"));
  });
  dialog.querySelector("#flag-cancel").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.querySelector("#flag-words").textContent = "";
    left();
  });
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  for (const button of document.querySelectorAll("[data-flag]")) {
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", open);
  }

  // A page out of sight holds no connection (a browser has six for one server); back in sight it asks at once.
  let source = null;
  let timer = 0;
  function listen() {
    clearTimeout(timer);
    if (source || document.hidden) return;
    source = new EventSource(bench.dataset.live);
    source.addEventListener("hidden", (event) => take(JSON.parse(event.data)));
    // Signed out: whoever comes back from signing in comes back to this page.
    source.addEventListener("end", quiet);
    source.addEventListener("error", () => { if (source?.readyState === EventSource.CLOSED) later(); });
  }
  function later() {
    quiet();
    timer = setTimeout(listen, AGAIN_AFTER);
  }
  function quiet() {
    source?.close();
    source = null;
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? quiet() : listen()));
  addEventListener("pagehide", quiet);
  addEventListener("pageshow", listen);
  for (const back of ["online", "focus"]) addEventListener(back, listen);
  listen();

  return { open, again };
}
