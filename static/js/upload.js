// Several files go one by one, each with its progress; one that fails keeps none of the others back. Without this
// the form sends them all at once and the answer lists what became of each.
import { word } from "./toast.js";

const form = document.querySelector("form[data-upload]");
const input = form.querySelector("input[type=file]");
const box = document.getElementById("upload-progress");
const list = box.querySelector("ol");
const strings = document.getElementById("upload-strings").dataset;
const tell = (name, values) => word(name, values, strings);
let isSending = false;

form.addEventListener("submit", (event) => {
  if (isSending) event.preventDefault();
  if (isSending || input.files.length < 2) return;
  event.preventDefault();
  const fields = new FormData(form);
  fields.delete(input.name);
  const rows = [...input.files].map(rowOf);
  list.replaceChildren(...rows.map((row) => row.item));
  box.hidden = false;
  document.getElementById("upload-h").focus();
  sendAll(rows, fields);
});

function rowOf(file) {
  const item = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = file.name;
  const state = document.createElement("span");
  state.textContent = tell("waiting");
  const bar = document.createElement("progress");
  Object.assign(bar, { className: "bar", max: 1, value: 0 });
  bar.setAttribute("aria-label", file.name);
  item.append(name, " ", state, " ", bar);
  return { file, item, state, bar };
}

async function sendAll(rows, fields) {
  isSending = true;
  addEventListener("beforeunload", hold);
  for (const row of rows) await send(row, fields);
  removeEventListener("beforeunload", hold);
  isSending = false;
  summary();
}

const hold = (event) => event.preventDefault();

function summary() {
  const all = list.children.length;
  const stored = list.querySelectorAll("a[href]").length;
  box.querySelector("[role=status]").textContent = tell("done", { n: stored, m: all - stored });
}

// XMLHttpRequest, because fetch does not say how much was sent.
function send(row, fields) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  body.append(input.name, row.file);
  row.state.textContent = tell("sending");
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRF", document.querySelector("meta[name=csrf]").content);
    request.upload.addEventListener("progress", (event) => {
      row.bar.value = event.total ? event.loaded / event.total : 0;
      if (event.loaded === event.total) row.state.textContent = tell("checking");
    });
    request.addEventListener("load", () => { finish(row, request.response, fields); done(); });
    request.addEventListener("error", () => { lost(row, fields); done(); });
    request.send(body);
  });
}

function finish(row, answer, fields) {
  const item = answer?.querySelector("#rows > li");
  if (item) {
    row.item.replaceWith(item);
    return;
  }
  const said = answer?.querySelector(".flash, .toast, p")?.textContent.trim();
  lost(row, fields, said);
}

/** Say why, and offer to send this one file again. */
function lost(row, fields, said = tell("lost")) {
  row.bar.remove();
  row.state.textContent = said || tell("lost");
  const again = document.createElement("button");
  Object.assign(again, { type: "button", className: "is-small", textContent: tell("again") });
  again.addEventListener("click", () => {
    const fresh = rowOf(row.file);
    row.item.replaceWith(fresh.item);
    // What is wrong may have been mended in the form meanwhile.
    const now = new FormData(form);
    now.delete(input.name);
    sendAll([fresh], now);
  });
  row.item.append(" ", again);
}
