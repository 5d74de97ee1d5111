// What every page gains from scripts; each page already works without them.
import { toast, word } from "./toast.js";

document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail?.ctx?.response?.status ?? 0;
  if (status === 401) toast(word("signedOut"), { bad: true });
  else if (status >= 500) toast(word("server"), { bad: true });
});
document.addEventListener("htmx:error", () => toast(word("offline"), { bad: true }));

// A refusal arrives as a notice in the region of short messages; there it becomes one that can be dismissed.
document.addEventListener("htmx:after:swap", () => {
  for (const notice of document.querySelectorAll("#toasts > .flash")) {
    notice.remove();
    toast([...notice.querySelectorAll("p, li")].map((el) => el.textContent).join(" "), { bad: true });
  }
});

// Without scripts the browser's own command prints, so the button is not there.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A button with data-confirm asks first, in the page's own words.
const agreed = new WeakSet();
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-confirm]");
  if (!button || agreed.delete(button)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(button.dataset.confirm, button.textContent.trim()).then((yes) => {
    if (!yes) return;
    agreed.add(button);
    button.click();
  });
}, true);

function ask(question, label) {
  const dialog = document.createElement("dialog");
  const text = document.createElement("p");
  text.id = "ask-text";
  text.textContent = question;
  dialog.setAttribute("aria-labelledby", "ask-text");
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "actions";
  for (const [value, words, kind] of [["no", word("cancel"), ""], ["yes", label || word("goAhead"), "is-primary"]]) {
    const b = document.createElement("button");
    Object.assign(b, { value, textContent: words, className: kind });
    form.append(b);
  }
  dialog.append(text, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => {
    dialog.remove();
    done(dialog.returnValue === "yes");
  }));
}

// Signing out asks first when something of this person still waits in this browser to be saved.
const outbox = document.getElementById("outbox-strings")?.dataset;
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!outbox?.person || form.getAttribute("action") !== outbox.signOut) return;
  event.preventDefault();
  try {
    await (await import("./sign-out.js")).signOut(form);
  } catch {
    // Nobody is kept from signing out, and nothing is cleared that was not asked about.
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "keep_storage", value: "true" }));
    form.submit();
  }
});

// Menus close as people expect.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A file field becomes a place to drop files on, in the page's language rather than the browser's.
for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const say = document.createElement("p");
  const tell = () => {
    const names = [...input.files].map((file) => file.name).join(", ");
    say.textContent = names ? `${word("files", { n: input.files.length })} · ${names}` : word("choose");
  };
  say.setAttribute("role", "status");
  zone.append(say);
  zone.classList.add("is-live");
  tell();
  for (const type of ["change", "chosen"]) input.addEventListener(type, tell);
  input.form?.addEventListener("reset", () => setTimeout(tell));
  for (const [type, on] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
    input.addEventListener(type, () => zone.classList.toggle("is-over", on));
  }
}

// A refused form says so where the reader is.
function focusOnce() {
  const place = document.querySelector("[data-focus]:not([data-focused])");
  if (!place) return;
  place.dataset.focused = "";
  place.focus();
}
focusOnce();
document.addEventListener("htmx:after:swap", focusOnce);
