// The outbox as the coding page shows it: the state, what was refused, and signing in when the session has ended.
import { csrf, renewed } from "../session.js";
import { toast, word } from "../toast.js";
import { isTurn } from "./history.js";
import { openNotSaved } from "./not-saved.js";
import { codingOf } from "./panel.js";
import { openQueue } from "./save.js";
import { addressOf } from "./sending.js";
import { openSignIn } from "./sign-in.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";

/**
 * `address` is {transcript, version} of this page's text; `nameOf(id)` is the label of a code. `on` hears changed(waiting)
 * with what waits of this text, done(op, ids) and refused(op, status, message).
 */
export function openOutbox({ text, address, nameOf, left, on }) {
  const strings = document.getElementById("save-strings").dataset;
  const given = document.getElementById("outbox-strings").dataset;
  const pill = document.getElementById("save-state");
  const door = document.getElementById("open-sign-in");
  const say = (name, values) => word(name, values, strings);
  const here = (op) => op.text === address.transcript;
  const isShown = (op) => here(op) && op.body?.version === address.version;
  /** The coding an act is about: as the act says, else as the page shows it. */
  const about = ({ id, body }) => {
    const li = document.querySelector(`#transcript li[data-coding="${id}"]`);
    const { start, end, code } = li ? codingOf(li) : {};
    return { start: body.start ?? start ?? 0, end: body.end ?? end ?? 0, code: body.code_id ?? code };
  };
  const { person, session } = given;
  const url = (id, op) => addressOf(id, op, given);

  const queue = openQueue({
    url,
    session,
    person,
    csrf,
    renewed,
    here,
    on: {
      changed,
      done: on.done,
      refused(op, status, message) {
        if (isTurn(op)) return on.refused(op, status, message);
        toast(say("wasRefused"), { bad: true, action: { label: say("look"), run: notSaved.show } });
        return on.refused(op, status, message);
      },
      // Another dialog may be open for what is being typed; the button beside the state is there in any case.
      signedOut: () => { if (!document.hidden && !document.querySelector("dialog[open]")) signIn.open(); },
    },
  });
  const notSaved = openNotSaved({
    strings,
    queue,
    nameOf: (op) => nameOf(about(op).code) ?? say("goneCode"),
    quote: (op) => (isShown(op) ? text.slice(about(op).start, about(op).end) : ""),
    place: (op) => say(isShown(op) ? "place" : here(op) ? "placeOlder" : "placeElsewhere", about(op)),
    href: (op) => given.transcript.replace(NOBODY, op.text),
  });
  const signIn = openSignIn({
    session,
    person,
    strings,
    left,
    entered(token) {
      toast(say("back"));
      dispatchEvent(new Event("signed-in"));
      queue.signedIn(token);
    },
  });
  door.addEventListener("click", () => signIn.open({ isAsked: true }));

  function changed(state, waiting, refused) {
    const label = say(state === "refused" ? "refusedLeft" : state, { n: waiting.length });
    if (pill.dataset.state !== state || pill.textContent !== label) {
      pill.dataset.state = state;
      pill.textContent = label;
    }
    door.hidden = !["signedOut", "stranger"].includes(state);
    if (door.hidden) signIn.close();
    notSaved.draw(refused);
    on.changed(waiting.filter(isShown));
  }

  return {
    /** Send an act; a change carries an id of its own, so that a repeat changes nothing. */
    add(op) {
      op.text = address.transcript;
      if (op.kind === "patch") op.body.act ??= crypto.randomUUID();
      queue.add(op);
    },
    isEmpty: () => !queue.waiting().length,
    again: notSaved.again,
  };
}
