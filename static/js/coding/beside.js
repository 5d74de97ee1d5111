// The translations of the chosen passage, beside it. Without scripts they have a page of their own.

/** Returns what is told which translated codings are chosen; the first one is shown, [] puts the box away. */
export function openBeside(strings) {
  const box = document.getElementById("beside");
  if (!box || !strings.translations) return () => {};
  let now = "";
  let waiting = null;

  return (ids) => {
    const id = ids[0] ?? "";
    if (id === now) return;
    now = id;
    waiting?.abort();
    box.hidden = true;
    box.replaceChildren();
    if (!id) return;
    waiting = new AbortController();
    const address = strings.translations.replace("00000000-0000-0000-0000-000000000000", id);
    fetch(address, { credentials: "same-origin", cache: "no-store", headers: { "HX-Request": "true" }, signal: waiting.signal })
      .then(async (reply) => {
        if (!reply.ok || now !== id) return;
        const page = new DOMParser().parseFromString(await reply.text(), "text/html");
        const part = page.getElementById("translated");
        if (!part) return;
        box.replaceChildren(document.importNode(part, true));
        box.hidden = false;
      })
      .catch(() => {});
  };
}
