// What requests of this page carry, also after a session was followed by another one without a reload.
const meta = document.querySelector("meta[name=csrf]");

export const csrf = () => meta.content;

/** Forms, htmx and scripts go on under a new session of the same person. */
export function renewed(token) {
  meta.content = token;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
  document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRF": token }));
}
