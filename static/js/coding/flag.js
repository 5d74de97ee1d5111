// Flagging words that name somebody, and hiding what others flag while this page is open.
import { toast, word } from "../toast.js";
import { hide } from "./hide.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const LONGEST = 600;

/** `redraw()` is called when words went out of sight; `left()` takes the focus back. */
export function openFlags({ bench, text, passage, stream, redraw, left }) {
  const dialog = document.getElementById("flag-box");
  if (!dialog) return { open() {}, again() {} };
  const strings = document.getElementById("flag-strings").dataset;
  const say = (name) => word(name, {}, strings);
  const note = dialog.querySelector("#flag-note");
  const error = dialog.querySelector("#flag-error");
  const submit = dialog.querySelector("[type=submit]");
  const version = Number(bench.dataset.version);
  let revision = Number(bench.dataset.hidden);
  let isOld = false;
  let hidden = [];
  let asked = null;

  const again = () => hide(text, hidden, say("hiddenPassage"));

  /** Take what the server says is hidden; never less than it, since a later answer may come first. */
  function take(state, { own = false } = {}) {
    if (state.version !== version) return void renewed();
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

  /** The text was corrected, or a name in it masked: what is hidden is told in offsets of another text. */
  function renewed() {
    if (isOld) return;
    isOld = true;
    toast(say("newer"), { bad: true, action: { label: say("openAgain"), run: () => location.reload() } });
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
    take(answer ?? { version, revision, hidden: [...hidden, [start, end]] }, { own: true });
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

  stream.hear("hidden", (state) => take(state));

  return { open, again };
}
