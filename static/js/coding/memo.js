// The note on the coding at hand. It goes to the server at once and waits nowhere in the browser: what fails stays in the
// dialog.
import { toast, word } from "../toast.js";

/** `url(id)` is the address of a coding, `version` that of the text; `saved(html)` hears the drawn turns. */
export function openMemo({ dialog, url, version, csrf, saved, left }) {
  const strings = dialog.dataset;
  const field = dialog.querySelector("textarea");
  const error = dialog.querySelector("[role=alert]");
  const submit = dialog.querySelector("[type=submit]");
  let one = null;
  let act = "";
  let held = "";

  const ask = (address, options = {}) => fetch(address, {
    credentials: "same-origin", cache: "no-store", ...options, headers: { Accept: "application/json", ...options.headers },
  });

  async function send() {
    const headers = { "Content-Type": "application/json", "X-CSRF": csrf() };
    const body = JSON.stringify({ version, memo: field.value, act });
    let reply;
    try {
      reply = await ask(url(one.id), { method: "PATCH", headers, body });
    } catch {
      return word("offline", {}, strings);
    }
    if (reply.ok) return void saved(await reply.text());
    if (reply.status === 401) return word("signedOut", {}, strings);
    const said = reply.status < 500 ? await reply.json().catch(() => null) : null;
    return said?.message || word("failed", {}, strings);
  }

  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (field.value.trim() === held.trim()) return dialog.close();
    submit.disabled = true;
    error.textContent = "";
    const trouble = await send();
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
    /** Show what the note says now, or what was typed and not saved; without an answer nothing opens. */
    async open(coding) {
      if (one?.id !== coding.id) {
        const reply = await ask(`${url(coding.id)}/memo`).catch(() => null);
        if (!reply?.ok) return void toast(word(reply?.status === 401 ? "signedOut" : "notOpened", {}, strings), { bad: true });
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
