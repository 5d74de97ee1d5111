// The note on the coding at hand. It goes to the server at once, so that a refusal is said in the dialog; where nobody
// answers, or other acts wait already, it waits behind them in the outbox.
import { toast, word } from "../toast.js";
import { send } from "./sending.js";

/** `url(id)` is the address of a coding, `version` that of the text, `outbox` what sends later; `saved(html)` hears the
 *  drawn turns. */
export function openMemo({ dialog, url, version, csrf, outbox, saved, left }) {
  const strings = dialog.dataset;
  const field = dialog.querySelector("textarea");
  const error = dialog.querySelector("[role=alert]");
  const submit = dialog.querySelector("[type=submit]");
  let one = null;
  let act = "";
  let held = "";

  /** What the server has against it; nothing when it is kept, there or here. */
  async function keep() {
    const op = { kind: "patch", id: one.id, body: { version, memo: field.value, act } };
    const answer = outbox.isEmpty() ? await send(op, url(one.id), csrf()) : { fate: "later" };
    if (answer.fate === "refused") return answer.message || word("failed", {}, strings);
    if (answer.fate === "done") saved(answer.html);
    else {
      outbox.add(op);
      toast(word("kept", {}, strings));
    }
    return "";
  }

  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (field.value.trim() === held.trim()) return dialog.close();
    submit.disabled = true;
    error.textContent = "";
    const trouble = await keep();
    submit.disabled = false;
    if (trouble) {
      error.textContent = trouble;
      field.focus();
    } else {
      one = null;
      dialog.close();
    }
    return undefined;
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit.click();
  });
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", left);

  return {
    /** Show what the note says now, or what was typed and not kept; without an answer nothing opens. */
    async open(coding) {
      if (one?.id !== coding.id) {
        const headers = { Accept: "application/json" };
        const reply = await fetch(`${url(coding.id)}/memo`, { credentials: "same-origin", cache: "no-store", headers }).catch(() => null);
        if (!reply?.ok) return void toast(word("notOpened", {}, strings), { bad: true });
        held = (await reply.json()).memo;
        field.value = held;
        one = coding;
      }
      act = crypto.randomUUID();
      dialog.querySelector("[data-about]").textContent = coding.label;
      error.textContent = "";
      dialog.showModal();
      field.focus();
      return undefined;
    },
  };
}
