// One act goes to the server, and what its answer means for it.
import { isTurn } from "./history.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const METHODS = { put: "PUT", patch: "PATCH", delete: "DELETE" };
const TRANSIENT = new Set([0, 408, 421, 423, 425, 429]);
const LONGEST_ANSWER = 30000;
// Every answer to an act carries the new total; a page that somebody else puts in its place does not.
const OURS = /\bid="total"/;

/** Where an act goes; `given` holds the addresses of codings, of undo and of redo. */
export function addressOf(id, op, given) {
  if (isTurn(op)) return given[op.kind].replace(NOBODY, op.text);
  const own = given.put.replace(NOBODY, id);
  // A removal has no body to carry its id.
  return op.kind === "delete" ? `${own}?act=${op.key}` : own;
}

/** {fate, status, html, error, message}; fates are done, later, signedOut, forged and refused. */
export async function send(op, address, csrf) {
  const headers = { "X-CSRF": csrf, Accept: "application/json" };
  const options = { method: METHODS[op.kind] ?? "POST", headers, credentials: "same-origin", cache: "no-store" };
  options.signal = AbortSignal.timeout(LONGEST_ANSWER);
  if (op.kind !== "delete") {
    headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(op.body);
  }
  try {
    const reply = await fetch(address, options);
    if (reply.ok) {
      const html = await reply.text();
      return { fate: OURS.test(html) ? "done" : "later", status: reply.status, html };
    }
    const { error = "", message = "" } = await reply.json().catch(() => ({}));
    return { fate: fateOf(op, reply.status, error), status: reply.status, error, message };
  } catch {
    return { fate: "later", status: 0 };
  }
}

function fateOf(op, status, error) {
  if (status === 401) return "signedOut";
  if (status === 403 && error === "Forged") return "forged";
  if (status === 403 && error === "EnrolFirst") return "later";
  if (status >= 500 || TRANSIENT.has(status)) return "later";
  // Two requests met: the second try finds what the first one left.
  if (status === 409 && error === "Conflict" && (op.met = (op.met ?? 0) + 1) < 3) return "later";
  return "refused";
}

/** Who is signed in in this browser, and what requests must carry: {person, csrf}; null when nobody answers. */
export async function whoIsThere(address) {
  const headers = { Accept: "application/json", "X-Background": "1" };
  try {
    const reply = await fetch(address, { headers, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(LONGEST_ANSWER) });
    return reply.ok ? await reply.json() : null;
  } catch {
    return null;
  }
}
