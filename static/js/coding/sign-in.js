// Signing in without leaving the page, when the session ended under it: the same two forms as at the door, asked for as
// JSON. Whoever turns out to be another person gets nothing of this page.
import { word } from "../toast.js";
import { whoIsThere } from "./sending.js";

// Keys that were meant for the text when the dialog came are not typed into it.
const GRACE = 600;

/** `session` is the address that tells who is there; `entered(csrf)` is called when `person` is signed in again. */
export function openSignIn({ session, person, strings, entered, left }) {
  const dialog = document.getElementById("sign-in-here");
  const [first, second] = dialog.querySelectorAll("form");
  const elsewhere = dialog.querySelector("#other-person");
  const error = dialog.querySelector("#sign-in-error");
  const say = (name) => word(name, {}, strings);
  let isOther = false;
  let deafUntil = 0;

  async function post(form) {
    // The cookie may be another one than when this page came, also one of a session that is over.
    const there = await whoIsThere(session);
    if (there === null) return { error: "Offline" };
    const headers = { Accept: "application/json", "X-CSRF": there.csrf };
    const body = new URLSearchParams(new FormData(form));
    body.delete("csrf");
    try {
      const reply = await fetch(form.action, { method: "POST", headers, body, credentials: "same-origin", cache: "no-store", redirect: "error" });
      return { ...(await reply.json()), status: reply.status };
    } catch {
      return { error: "Offline" };
    }
  }

  function step(form) {
    for (const one of [first, second]) one.hidden = one !== form;
    form.querySelector("input:not([type=hidden])").focus();
  }

  async function sent(form) {
    const button = form.querySelector("[type=submit]");
    if (button.disabled) return;
    button.disabled = true;
    const answer = await post(form);
    button.disabled = false;
    if (answer.error) return void wrong(form, answer);
    error.textContent = "";
    form.reset();
    if (answer.needs_code) step(second);
    else await look({ isSent: true });
  }

  function wrong(form, { error: kind, status, message }) {
    if (kind === "StartAgain" || kind === "TooManyCodes") step(first);
    const own = { Offline: "noAnswer", WrongSignIn: "wrong", WrongCode: "wrongCode", TooMany: "tooMany", TooManyCodes: "tooMany" };
    error.textContent = own[kind] ? say(own[kind]) : (status < 500 && message) || say("noAnswer");
    const field = form.querySelector("[name=password], [name=code]");
    field.value = "";
    if (!form.hidden) field.focus();
  }

  /** Go by who is there now; another tab may have signed in. Somebody else counts only if it was done here. */
  async function look({ isSent = false } = {}) {
    const there = await whoIsThere(session);
    if (!dialog.open || isOther) return;
    if (there?.person === person) {
      entered(there.csrf);
      dialog.close();
    } else if (isSent) {
      if (there?.person) other();
      else error.textContent = say("noAnswer");
    }
  }

  function other() {
    isOther = true;
    // Nothing of this page is for this person.
    document.getElementById("bench").hidden = true;
    for (const one of [first, second]) one.hidden = true;
    elsewhere.hidden = false;
    elsewhere.querySelector("a").focus();
  }

  for (const form of [first, second]) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sent(form);
    });
  }
  for (const button of dialog.querySelectorAll("[data-later]")) button.addEventListener("click", () => dialog.close());
  dialog.addEventListener("cancel", (event) => { if (isOther) event.preventDefault(); });
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (performance.now() < deafUntil) event.preventDefault();
  });
  dialog.addEventListener("close", () => {
    for (const one of [first, second]) one.reset();
    error.textContent = "";
    if (isOther) dialog.showModal();
    else left();
  });

  addEventListener("focus", () => { if (dialog.open && !isOther) look(); });

  return {
    /** With `isAsked` somebody pressed a button for it; else it comes by itself, perhaps in the middle of typing. */
    open({ isAsked = false } = {}) {
      if (dialog.open || isOther) return;
      deafUntil = isAsked ? 0 : performance.now() + GRACE;
      dialog.showModal();
      step(first);
      look();
    },
    /** Signed in by another tab meanwhile. */
    close() { if (dialog.open && !isOther) dialog.close(); },
  };
}
