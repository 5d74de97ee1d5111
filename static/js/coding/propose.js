// A new code that nobody decided on yet: the server makes it, the tree and the list of codes get it at once.
import { codesOf } from "./tree.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";

/** `address` has a place for the id; `tree` is the list of codes. Answers with the code, or with a sentence for the person. */
export function openProposals({ address, tree, csrf, tell }) {
  // A name that was sent and not answered is sent again under its id, so that no code is made twice.
  const sent = new Map();

  return async function propose(name) {
    const id = sent.get(name) ?? crypto.randomUUID();
    sent.set(name, id);
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRF": csrf() };
    let reply;
    try {
      reply = await fetch(address.replace(NOBODY, id), { method: "PUT", headers, credentials: "same-origin", cache: "no-store", body: JSON.stringify({ name }) });
    } catch {
      return tell("proposeOffline");
    }
    if (reply.status === 401) return tell("signedOut");
    if (!reply.ok) {
      sent.delete(name);
      const said = reply.status < 500 ? await reply.json().catch(() => null) : null;
      return said?.message || tell("proposeFailed");
    }
    const box = document.createElement("template");
    box.innerHTML = await reply.text();
    const li = box.content.querySelector("li");
    const old = document.getElementById(li.querySelector("button").id)?.closest("li");
    if (old) old.replaceWith(li);
    else tree.append(li);
    return codesOf(li)[0];
  };
}
