// Files go one by one, each with its progress; one that fails keeps none of the others back. Each file is sent under
// a key of its own, so sending it again never stores it twice. Files chosen or dropped later join those chosen before.
// Without this the form sends them all at once and the answer lists what became of each.
import { word } from "./toast.js";

const form = document.querySelector("form[data-upload]");
const input = form.querySelector("input[type=file]");
const chosen = document.getElementById("chosen");
const box = document.getElementById("upload-progress");
const list = box.querySelector("ol");
const status = box.querySelector("[role=status]");
const allAgain = box.querySelector("button");
const strings = document.getElementById("upload-strings").dataset;
const tell = (name, values) => word(name, values, strings);
const sent = new WeakSet();
let files = [];
let isSending = false;

// Choosing ----------------------------------------------------------------------------------------------------------

const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;

input.addEventListener("change", () => {
  const fresh = [...input.files].filter((file) => !files.some((known) => same(known, file)));
  hold([...files.filter((file) => !sent.has(file)), ...fresh]);
});

/** Make these the files of the field, and list them. */
function hold(kept) {
  files = kept;
  const all = new DataTransfer();
  for (const file of files) all.items.add(file);
  input.files = all.files;
  chosen.replaceChildren(...(files.length > 1 ? files.map(lineOf) : []));
  input.dispatchEvent(new Event("chosen"));
}

function lineOf(file, at) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = file.name;
  const drop = button(tell("leave"), () => {
    hold(files.filter((one) => one !== file));
    (chosen.querySelectorAll("button")[Math.min(at, files.length - 1)] ?? input).focus();
  });
  drop.setAttribute("aria-label", `${tell("leave")}: ${file.name}`);
  item.append(name, " ", drop);
  return item;
}

function button(label, run) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "is-small", textContent: label });
  made.addEventListener("click", run);
  return made;
}

// Sending -----------------------------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  if (!isSending && !input.files.length) return;
  event.preventDefault();
  if (isSending) return;
  const rows = [...input.files].map((file) => rowOf(file, crypto.randomUUID()));
  list.replaceChildren(...rows.map((row) => row.item));
  box.hidden = false;
  document.getElementById("upload-h").focus();
  sendAll(rows);
});

function rowOf(file, key) {
  const item = document.createElement("li");
  const name = document.createElement("b");
  name.textContent = file.name;
  const state = document.createElement("span");
  state.textContent = tell("waiting");
  const bar = document.createElement("progress");
  Object.assign(bar, { className: "bar", max: 1, value: 0 });
  bar.setAttribute("aria-label", file.name);
  item.append(name, " ", state, " ", bar);
  return { file, key, item, state, bar };
}

async function sendAll(rows) {
  isSending = true;
  allAgain.hidden = true;
  addEventListener("beforeunload", stay);
  // What is wrong may have been mended in the form meanwhile.
  const fields = new FormData(form);
  fields.delete(input.name);
  for (const row of rows) await send(row, fields);
  removeEventListener("beforeunload", stay);
  isSending = false;
  summary();
}

const stay = (event) => event.preventDefault();
const lostOnes = new Set();

allAgain.addEventListener("click", () => sendAll([...lostOnes].map((row) => renewed(row))));

function summary() {
  const all = list.children.length;
  const links = list.querySelectorAll("a[href]");
  status.textContent = tell("done", { n: links.length, m: all - links.length });
  allAgain.hidden = lostOnes.size < 2;
  hold(files.filter((file) => !sent.has(file)));
  if (all === 1 && links.length === 1) location.assign(links[0].href);
}

/** The same file under the same key, in the place where it failed. */
function renewed(row) {
  lostOnes.delete(row);
  const fresh = rowOf(row.file, row.key);
  row.item.replaceWith(fresh.item);
  return fresh;
}

// XMLHttpRequest, because fetch does not say how much was sent.
function send(row, fields) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  body.append("sending", row.key);
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
    request.addEventListener("load", () => { finish(row, request.response); done(); });
    request.addEventListener("error", () => { lost(row); done(); });
    request.send(body);
  });
}

function finish(row, answer) {
  const item = answer?.querySelector("#rows > li");
  if (item && !("refused" in item.dataset)) {
    sent.add(row.file);
    row.item.replaceWith(item);
    return;
  }
  const said = (item?.querySelector("[data-why]") ?? answer?.querySelector(".flash, .toast, p"))?.textContent.trim();
  lost(row, said);
}

/** Say why, and offer to send this one file again. */
function lost(row, said = tell("lost")) {
  row.bar.remove();
  row.state.setAttribute("role", "alert");
  row.state.textContent = said || tell("lost");
  row.item.dataset.refused = "";
  lostOnes.add(row);
  const again = button(tell("again"), () => {
    if (!isSending) sendAll([renewed(row)]);
  });
  again.setAttribute("aria-label", `${tell("again")}: ${row.file.name}`);
  row.item.append(" ", again);
}
