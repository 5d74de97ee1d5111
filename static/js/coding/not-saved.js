// What the server refused for good: a list on the page, until its owner has looked at each.
import { toast, word } from "../toast.js";

const LONGEST = 300;

/** `quote(op)` gives the words where they are on this page, else "". `queue` is the outbox. */
export function openNotSaved({ strings, queue, nameOf, quote, place, href }) {
  const box = document.getElementById("not-saved");
  const list = document.getElementById("not-saved-list");
  const button = document.getElementById("show-not-saved");
  const say = (name, values) => word(name, values, strings);
  const items = new Map();

  const reason = ({ kind, refused: { status, error, message } }) => {
    if (error === "TextChanged") return say("conflict");
    return message || say(status === 0 ? "unreadable" : kind === "delete" ? "notRemoved" : "refused");
  };

  const short = (words) => (words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words);

  function made(tag, words, kind = "") {
    const element = document.createElement(tag);
    element.textContent = words;
    if (kind) element.className = kind;
    return element;
  }

  function item(op) {
    const li = document.createElement("li");
    const title = made("p", op.kind === "delete" ? say("removalOf", { code: nameOf(op) }) : nameOf(op), "what");
    const where = made("p", short(quote(op)), quote(op) ? "quote-now" : "muted");
    if (!quote(op)) where.append(link(op));
    li.append(title, where, made("p", reason(op), "error"));
    const memo = op.body.memo && memoOf(op);
    if (memo) li.append(memo.label, memo.area);
    const copied = () => [nameOf(op), quote(op) && `«${quote(op)}»`, place(op), memo?.area.value].filter(Boolean).join("\n");
    const actions = made("p", "", "actions");
    actions.append(press(say("retry"), () => retry(op, memo?.area.value)), press(say("copy"), () => copy(copied())), dismissal(op));
    li.append(actions);
    return { op, li, where };
  }

  function link(op) {
    const a = made("a", place(op));
    a.href = href(op);
    return a;
  }

  function memoOf(op) {
    const area = document.createElement("textarea");
    area.id = `memo-${op.key}`;
    area.rows = 2;
    area.value = op.body.memo;
    const label = made("label", say("memo"));
    label.htmlFor = area.id;
    return { label, area };
  }

  function press(label, run) {
    const b = made("button", label, "is-small");
    b.type = "button";
    b.addEventListener("click", run);
    return b;
  }

  function dismissal(op) {
    const b = press(say("dismiss"), async () => {
      await queue.drop(op);
      after();
    });
    b.classList.add("is-danger");
    b.dataset.confirm = say("dismissAsk");
    return b;
  }

  function retry(op, memo) {
    const { memo: old, ...body } = op.body;
    op.body = memo?.trim() ? { ...body, memo } : body;
    queue.retry(op);
    after();
  }

  async function copy(words) {
    try {
      await navigator.clipboard.writeText(words);
      toast(say("copied"));
    } catch {
      toast(say("notCopied"), { bad: true });
    }
  }

  const after = () => { if (!box.contains(document.activeElement)) (box.hidden ? document.getElementById("transcript") : box).focus({ preventScroll: true }); };

  button.addEventListener("click", show);

  function show() {
    if (box.hidden) return;
    box.scrollIntoView({ block: "nearest" });
    box.focus({ preventScroll: true });
  }

  /** Words that were hidden meanwhile go out of sight here too. */
  function again() {
    for (const { op, where } of items.values()) {
      if (quote(op)) where.textContent = short(quote(op));
    }
  }

  return {
    show,
    again,
    /** Draw these refused acts; those already drawn stay as they are, with what is being typed in them. */
    draw(refused) {
      for (const [key, { li }] of items) if (!refused.some((op) => op.key === key)) { li.remove(); items.delete(key); }
      for (const op of refused) {
        if (items.has(op.key)) continue;
        items.set(op.key, item(op));
        list.append(items.get(op.key).li);
      }
      box.hidden = button.hidden = !items.size;
      button.textContent = say("notSaved", { n: items.size });
    },
  };
}
