// Moving codes by keys and by dragging; the page's own forms do the same without this.
import { toast } from "../toast.js";

const STEPS = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };
let box = document.getElementById("tree-box");
let busy = false;

const rows = () => [...box.querySelectorAll("#code-tree > li")];
const summaryOf = (id) => document.getElementById(`code-${id}`)?.querySelector("summary");
const named = (row) => row.querySelector("summary b")?.textContent ?? "";

document.addEventListener("keydown", (event) => {
  const summary = event.target.closest?.("#code-tree summary");
  if (!summary || !(event.code in STEPS) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const row = summary.closest("li");
  if (event.altKey) {
    const form = row.querySelector("form.steps");
    if (!form) return;
    event.preventDefault();
    send(form.action, { step: STEPS[event.code] }, row);
    return;
  }
  event.preventDefault();
  if (event.code === "ArrowRight" || event.code === "ArrowLeft") {
    summary.parentElement.open = event.code === "ArrowRight";
    return;
  }
  const all = rows();
  const next = all[all.indexOf(row) + (event.code === "ArrowDown" ? 1 : -1)];
  next?.querySelector("summary").focus();
});

// One move at a time: the next one starts from the tree that came back.
async function send(address, fields, row) {
  if (busy) return;
  busy = true;
  const before = box.querySelector("#code-tree").textContent;
  try {
    const body = new URLSearchParams({ csrf: box.dataset.csrf, ...fields });
    const reply = await fetch(address, { method: "POST", body });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.getElementById("tree-box");
    if (!fresh) throw new Error("no tree");
    box.replaceWith(document.adoptNode(fresh));
    box = fresh;
    ready();
    summaryOf(row.dataset.code)?.focus();
    const problem = page.querySelector(".flash.is-bad p")?.textContent;
    const moved = box.querySelector("#code-tree").textContent !== before
      || document.getElementById(row.id)?.dataset.parent !== row.dataset.parent;
    if (problem) toast(problem, { bad: true });
    else toast(moved ? box.dataset.moved.replace("§", named(row)) : box.dataset.edge);
  } catch {
    toast(box.dataset.failed, { bad: true });
  } finally {
    busy = false;
  }
}

let dragged = null;
const clear = () => rows().forEach((row) => row.classList.remove("is-over", "is-into", "is-dragged"));

function ready() {
  if (!box.querySelector("form.steps")) return;
  for (const summary of box.querySelectorAll("#code-tree summary")) summary.draggable = true;
}

// The upper half of a row puts before it, the lower half below it in the tree.
const isInto = (row, event) => {
  const { top, height } = row.querySelector("summary").getBoundingClientRect();
  return event.clientY > top + height / 2;
};

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("#code-tree > li") ?? null;
  if (!dragged) return;
  // An id and no words: what is dragged may be dropped into another program.
  event.dataTransfer.setData("text/plain", dragged.dataset.code);
  event.dataTransfer.effectAllowed = "move";
  dragged.classList.add("is-dragged");
});
document.addEventListener("dragover", (event) => {
  const row = event.target.closest?.("#code-tree > li");
  if (!dragged || !row || row === dragged) return;
  event.preventDefault();
  const into = isInto(row, event);
  for (const one of rows()) one.classList.remove("is-over", "is-into");
  row.classList.add(into ? "is-into" : "is-over");
});
document.addEventListener("drop", (event) => {
  const row = event.target.closest?.("#code-tree > li");
  if (!dragged || !row || row === dragged) return;
  event.preventDefault();
  const place = isInto(row, event)
    ? { parent: row.dataset.code, before: "" }
    : { parent: row.dataset.parent, before: row.dataset.code };
  send(dragged.dataset.place, place, dragged);
});
document.addEventListener("dragend", () => {
  clear();
  dragged = null;
});

ready();
// After a move without a script's help the row that moved is where the reader is.
if (location.hash.startsWith("#code-")) document.getElementById(location.hash.slice(1))?.querySelector("summary")?.focus();
