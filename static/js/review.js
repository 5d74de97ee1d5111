// Keys of the anonymisation review: they press the proposals' own buttons, so the server sees the same form.
// A proposal is form[data-finding], decided ones carry data-decided; its words in the text carry data-span.
const presses = { KeyA: "accept", KeyR: "keep", KeyU: "undo" };
const place = `review:${location.pathname}`;
const all = () => [...document.querySelectorAll("form[data-finding]")];
let current = sessionStorage.getItem(place);
let upcoming = null;

function show(form, { focus = true } = {}) {
  for (const old of document.querySelectorAll(".is-current[data-finding], .is-current[data-span]")) old.classList.remove("is-current");
  if (!form) return;
  current = form.dataset.finding;
  sessionStorage.setItem(place, current);
  form.classList.add("is-current");
  form.tabIndex = -1;
  if (focus) form.focus({ preventScroll: true });
  form.scrollIntoView({ block: "nearest" });
  const words = document.querySelector(`[data-span="${CSS.escape(current)}"]`);
  words?.classList.add("is-current");
  words?.scrollIntoView({ block: "center" });
}

function step(by) {
  const forms = all();
  const at = forms.findIndex((form) => form.dataset.finding === current);
  show(forms[at < 0 ? 0 : Math.max(0, Math.min(forms.length - 1, at + by))]);
}

function press(value) {
  const forms = all();
  const at = forms.findIndex((form) => form.dataset.finding === current);
  const button = forms[at]?.querySelector(`button[name=decision][value=${value}]`);
  if (!button || button.disabled) return;
  const reason = forms[at].matches(".tier-a") && value === "keep" ? forms[at].querySelector("[name=reason]") : null;
  if (reason && !reason.value.trim()) return void reason.focus();
  const next = forms.slice(at + 1).find((form) => !("decided" in form.dataset));
  upcoming = value === "undo" ? null : next?.dataset.finding;
  button.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, dialog")) return;
  if (event.code === "KeyJ" || event.code === "KeyK") step(event.code === "KeyJ" ? 1 : -1);
  else if (event.code === "KeyA" && event.shiftKey) press("accept_all");
  else if (presses[event.code] && !event.shiftKey) press(presses[event.code]);
  else return;
  event.preventDefault();
});

// Enter would press the first button, which replaces the words; who types a reason wants to keep them.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("form[data-finding] [name=reason]")) return;
  event.preventDefault();
  current = event.target.form.dataset.finding;
  press("keep");
});

document.addEventListener("click", (event) => {
  const words = event.target.closest?.("[data-span]");
  if (words) show(all().find((form) => form.dataset.finding === words.dataset.span), { focus: false });
});

function again() {
  const here = () => all().find((form) => form.dataset.finding === current);
  // A refused decision leaves the reader where he was.
  if (upcoming && "decided" in (here()?.dataset ?? {})) current = upcoming;
  upcoming = null;
  show(here(), { focus: document.activeElement === document.body });
}
document.addEventListener("htmx:after:swap", again);
if (current) again();
