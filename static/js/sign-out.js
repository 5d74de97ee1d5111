// Signing out forgets what this browser keeps of the person, and asks first when codings still wait to be saved.
import { openQueue } from "./coding/save.js";
import { addressOf } from "./coding/sending.js";
import { csrf, renewed } from "./session.js";
import { word } from "./toast.js";

const given = document.getElementById("outbox-strings").dataset;
const say = (name, values) => word(name, values, given);

function outbox() {
  const on = { changed() {}, done() {}, refused() {}, signedOut() {} };
  const url = (id, op) => addressOf(id, op, given);
  const { session, person } = given;
  return openQueue({ url, session, person, csrf, renewed, here: () => false, on, isIdle: true });
}

/** Ask until nothing waits any more or the person lets it go; whether to sign out. */
async function mayGo(queue) {
  await queue.ready;
  let problem = "";
  for (;;) {
    const n = queue.waiting().length + queue.refused().length;
    if (!n) return true;
    const answer = await ask(n, problem);
    if (answer === "away") return true;
    if (answer !== "send") return false;
    const left = await queue.sendNow();
    problem = say(left.waiting ? "notSent" : "someRefused");
  }
}

function ask(n, problem) {
  const dialog = document.createElement("dialog");
  dialog.id = "sign-out-ask";
  const title = document.createElement("h2");
  title.id = "sign-out-title";
  title.textContent = say("ask", { n });
  dialog.setAttribute("aria-labelledby", title.id);
  const help = document.createElement("p");
  help.textContent = say("help");
  const error = document.createElement("p");
  error.className = "error";
  error.setAttribute("role", "alert");
  error.hidden = !problem;
  error.textContent = problem;
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "actions";
  for (const [value, kind] of [["send", "is-primary"], ["away", "is-danger"], ["stay", ""]]) {
    const b = document.createElement("button");
    Object.assign(b, { value, className: kind, textContent: say(value) });
    form.append(b);
  }
  dialog.append(title, help, error, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => {
    dialog.remove();
    done(dialog.returnValue);
  }));
}

/** Ask if need be, forget what is this person's, and send the form. */
export async function signOut(form) {
  const queue = outbox();
  if (!(await mayGo(queue))) return;
  await queue.wipe();
  // Somebody else's codings wait in the same storage, which the answer would clear.
  if (await queue.others()) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "keep_storage", value: "true" }));
  form.submit();
}
