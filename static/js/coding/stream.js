// What the server tells an open page. A page out of sight holds no connection (a browser has six for one server); back in
// sight it asks at once, from the moment on that it heard last.
const AGAIN_AFTER = 10000;

/** `hear(name, act)` hears the data of events of a name; listening begins with the first one. */
export function openStream(bench) {
  const heard = new Map();
  let since = bench.dataset.since;
  let source = null;
  let timer = 0;

  function listen() {
    clearTimeout(timer);
    if (source || document.hidden || !heard.size) return;
    source = new EventSource(`${bench.dataset.live}?since=${since}`);
    for (const [name, act] of heard) attach(name, act);
    // Signed out: whoever comes back from signing in comes back to this page.
    source.addEventListener("end", quiet);
    source.addEventListener("error", () => { if (source?.readyState === EventSource.CLOSED) later(); });
  }

  function attach(name, act) {
    source.addEventListener(name, (event) => {
      since = event.lastEventId || since;
      act(JSON.parse(event.data));
    });
  }

  function later() {
    quiet();
    timer = setTimeout(listen, AGAIN_AFTER);
  }

  function quiet() {
    source?.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? quiet() : listen()));
  addEventListener("pagehide", quiet);
  addEventListener("pageshow", listen);
  for (const back of ["online", "focus", "signed-in"]) addEventListener(back, listen);

  return {
    hear(name, act) {
      heard.set(name, act);
      if (source) attach(name, act);
      else listen();
    },
  };
}
