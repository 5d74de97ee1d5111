// Text that saves itself while somebody types. The form works without this; what is typed is kept nowhere else, so
// leaving asks first while something is not saved.
import { csrf } from "./session.js";
import { word } from "./toast.js";

const PAUSE = 1500;
const LONGEST_WAIT = 10000;
const AGAIN = 5000;

const open = [];
addEventListener("beforeunload", (event) => { if (open.some((one) => one.isWaiting())) event.preventDefault(); });
addEventListener("online", () => open.forEach((one) => one.save()));
for (const form of document.querySelectorAll("form[data-autosave]")) open.push(autosave(form));

function autosave(form) {
  const field = form.elements[form.dataset.autosave];
  const { seen } = form.elements;
  const state = form.querySelector("[data-save-state]");
  const meeting = form.querySelector("[data-meeting]");
  const theirs = form.querySelector("[data-theirs]");
  let kept = form.querySelector("[aria-invalid]") || !meeting.hidden ? null : field.value;
  // What of somebody else's, or of another tab's, lies beside the field; null while there is no conflict.
  let other = meeting.hidden ? null : theirs.textContent;
  let timer = 0;
  let since = 0;
  let isSending = false;
  let isLeaving = false;
  let refused = null;
  // What was sent and not answered, and what met another save without hearing of it.
  let lost = null;
  let met = null;

  const isWaiting = () => !isLeaving && field.value !== kept && (field.value.trim() !== "" || Boolean(kept));
  const tell = (name, values) => {
    state.dataset.state = name;
    state.textContent = word(name, values, state.dataset);
  };

  function typed() {
    if (!isWaiting()) return void tell("saved");
    if (refused !== null || other !== null) return;
    since ||= Date.now();
    tell("waiting");
    clearTimeout(timer);
    timer = setTimeout(save, Math.min(PAUSE, Math.max(0, since + LONGEST_WAIT - Date.now())));
  }

  /** Automatic saves wait behind a refusal and a conflict: each try at a name is counted. */
  async function save() {
    clearTimeout(timer);
    if (isSending || other !== null || refused !== null || !isWaiting() || !field.value.trim()) return;
    isSending = true;
    since = 0;
    const sent = field.value;
    tell("saving");
    try {
      answered(sent, await send(sent));
    } catch {
      lost = sent;
      tell("offline");
      timer = setTimeout(save, AGAIN);
    }
    isSending = false;
    if (kept === sent && field.value !== sent) typed();
  }

  async function send(sent) {
    const body = Object.fromEntries(new FormData(form));
    delete body.csrf;
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRF": csrf() };
    const options = { method: "PUT", credentials: "same-origin", cache: "no-store", headers };
    const reply = await fetch(form.action, { ...options, body: JSON.stringify({ ...body, [field.name]: sent }) });
    if (reply.status >= 500) throw new Error("later");
    return { status: reply.status, said: await reply.json().catch(() => ({})) };
  }

  function answered(sent, { status, said }) {
    if (status === 200) return done(sent, said.version);
    if (status === 401) return void tell("signedOut");
    if (status === 409 && said.theirs === undefined && met !== sent) {
      // Two saves met in the same moment; the next one hears what is there.
      met = sent;
      timer = setTimeout(save, 200);
      return void tell("waiting");
    }
    if (status === 409 && said.theirs !== undefined) return meet(sent, said);
    refused = sent;
    tell("refused", { why: said.message ?? "" });
    return undefined;
  }

  function done(sent, version) {
    kept = sent;
    lost = met = null;
    seen.value = version;
    // A reload shows this memo, not another empty one.
    if (form.dataset.autosave === "memo") history.replaceState(null, "", form.action);
    const removal = form.parentElement.querySelector("[data-seen]");
    if (removal) removal.value = version;
    if (field.value === sent) tell("saved");
  }

  function meet(sent, said) {
    seen.value = said.version;
    // The answer to an earlier save of ours was lost: nobody else wrote.
    if (lost !== null && said.theirs === lost.trim()) {
      kept = lost;
      lost = null;
      return typed();
    }
    other = said.theirs;
    theirs.textContent = said.theirs;
    meeting.hidden = false;
    tell("differs");
    return undefined;
  }

  form.addEventListener("click", (event) => {
    const { keep } = event.target.dataset;
    if (!keep || other === null) return;
    const mine = field.value;
    if (keep === "theirs") {
      // What was typed goes where the other text was, so that it can still be copied.
      field.value = other;
      theirs.textContent = mine;
      meeting.querySelector("[data-told]").textContent = meeting.dataset.mine;
    } else {
      if (keep === "both") field.value = `${mine}\n\n${other}`;
      meeting.hidden = true;
    }
    other = null;
    kept = keep === "theirs" ? field.value : null;
    if (keep === "theirs") tell("saved");
    else save();
    field.focus();
  });
  field.addEventListener("input", () => {
    if (refused !== null) tell("press");
    typed();
  });
  field.addEventListener("blur", save);
  form.addEventListener("submit", () => { isLeaving = true; });
  if (other !== null) tell("differs");
  return { save, isWaiting };
}
