// What the server tells an open page. A page out of sight holds no connection (a browser has six for one server); back in
// sight it asks at once, from the moment on that it heard last.
const AGAIN_AFTER = 10000;
// After so many refusals in a row it waits until somebody comes back to the page or signs in.
const REFUSALS = 6;

/** `hear(name, act)` hears the data of events of a name; listening begins with the first one. */
export function openStream(bench) {
  const heard = new Map();
  let since = bench.dataset.since;
  let source = null;
  let timer = 0;
  let refusals = 0;

  function listen() {
    clearTimeout(timer);
    if (source || document.hidden || !heard.size) return;
    source = new EventSource(`${bench.dataset.live}?since=${since}`);
    for (const [name, act] of heard) attach(name, act);
    // Signed out: whoever comes back from signing in comes back to this page.
    source.addEventListener("end", quiet);
    source.addEventListener("open", () => { refusals = 0; });
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
    refusals += 1;
    if (refusals < REFUSALS) timer = setTimeout(listen, AGAIN_AFTER);
  }

  function quiet() {
    source?.close();
    source = null;
  }

  function back() {
    refusals = 0;
    listen();
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? quiet() : back()));
  addEventListener("pagehide", quiet);
  for (const sign of ["pageshow", "online", "focus", "signed-in"]) addEventListener(sign, back);

  return {
    hear(name, act) {
      heard.set(name, act);
      if (source) attach(name, act);
      else listen();
    },
  };
}
