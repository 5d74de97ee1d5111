// Choosing passages one by one by keys: up and down go through the boxes, Space is the box's own, Ctrl+Enter sends.
const list = document.querySelector("[data-pick]");
const boxes = () => [...list.querySelectorAll("input[type=checkbox]")];

list?.addEventListener("keydown", (event) => {
  if (!event.target.matches("input[type=checkbox]")) return;
  const all = boxes();
  const at = all.indexOf(event.target);
  const to = { ArrowDown: at + 1, KeyJ: at + 1, ArrowUp: at - 1, KeyK: at - 1, Home: 0, End: all.length - 1 }[event.code];
  if (to !== undefined && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    all[to]?.focus();
    all[to]?.closest("li").scrollIntoView({ block: "nearest" });
  } else if (event.code === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
focusFirst();

function focusFirst() {
  if (list && !document.querySelector("[data-focus]")) boxes()[0]?.focus();
}
