// The list of keys as a dialog: what each does now, another key for it, back to the first ones, single characters off.
import { word } from "../toast.js";
import { chordOf, isSingle, written } from "./keys.js";

export function openKeysBox({ dialog, keys }) {
  const rows = [...dialog.querySelectorAll("tr[data-does]")];
  const said = dialog.querySelector("#keys-said");
  const singles = dialog.querySelector("#keys-singles");
  const tell = (name, values) => word(name, values, dialog.closest("#keys-box").dataset);
  const nameOf = (id) => dialog.querySelector(`tr[data-does="${id}"] .does`)?.textContent ?? "";
  let waiting = null;

  function draw() {
    singles.checked = keys.singles();
    for (const row of rows) {
      const chords = keys.chordsOf(row.dataset.does);
      const boxes = chords.map((chord) => {
        const box = document.createElement("kbd");
        box.textContent = written(chord);
        box.classList.toggle("is-off", !keys.singles() && isSingle(chord));
        return box;
      });
      row.querySelector(".chords").replaceChildren(...boxes.flatMap((box) => [box, " "]));
      row.classList.toggle("is-own", keys.isOwn(row.dataset.does));
      row.querySelector("[data-change]").setAttribute("aria-pressed", String(row === waiting));
    }
    for (const box of dialog.querySelectorAll("[data-single]")) box.classList.toggle("is-off", !keys.singles());
  }

  function stop() {
    waiting = null;
    draw();
  }

  function take(event) {
    const chord = chordOf(event);
    if (!chord) return;
    const act = waiting.dataset.does;
    const trouble = chord === "Escape" ? "left" : keys.set(act, chord);
    if (trouble === "left") said.textContent = tell("left");
    else if (trouble === "taken") said.textContent = tell("taken", { keys: written(chord) });
    else if (trouble) said.textContent = tell("conflict", { keys: written(chord), act: nameOf(trouble) });
    else said.textContent = tell("now", { keys: written(chord), act: nameOf(act) });
    if (!trouble || trouble === "left") stop();
  }

  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-change]");
    if (!button) return;
    const row = button.closest("tr");
    waiting = row === waiting ? null : row;
    said.textContent = waiting ? tell("press", { act: nameOf(row.dataset.does) }) : tell("left");
    draw();
  });
  // Before the dialog: Escape must leave the key as it is, not close the list.
  dialog.addEventListener("keydown", (event) => {
    if (!waiting || event.isComposing) return;
    if (event.code === "Tab" && !event.ctrlKey && !event.altKey) return void stop();
    event.preventDefault();
    event.stopPropagation();
    take(event);
  }, true);
  dialog.addEventListener("cancel", (event) => { if (waiting) event.preventDefault(); });
  dialog.addEventListener("close", () => { waiting = null; said.textContent = ""; });
  singles.addEventListener("change", () => { keys.setSingles(singles.checked); draw(); });
  dialog.querySelector("#keys-reset").addEventListener("click", () => {
    keys.reset();
    said.textContent = tell("reset");
    stop();
  });

  return () => {
    draw();
    dialog.showModal();
  };
}
