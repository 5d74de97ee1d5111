// What waits to be saved, kept in this browser until the server has it, a person's apart from everybody else's. In the
// clear lie ids, offsets, numbers and marks of a closed list; whatever else an act carries (a memo, the words of a
// refusal) is sealed with a key that scripts can use here and nobody can read out.
const NAME = "qualcoder";
const ACTS = "outbox";
const KEYS = "keys";
// A browser that does not open its storage by then has none for us: acts wait in the page alone.
const PATIENCE = 5000;
const PLAIN = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|helps|hinders|denies)$/;

const isPlain = (value) => value === null || ["number", "boolean"].includes(typeof value) || (typeof value === "string" && PLAIN.test(value));

const asked = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

let opened = null;

function database() {
  opened ??= open().catch((error) => {
    opened = null;
    throw error;
  });
  return opened;
}

async function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ACTS, { keyPath: "seq", autoIncrement: true }).createIndex("person", "person");
    request.result.createObjectStore(KEYS, { keyPath: "person" });
  };
  const late = new Promise((_, fail) => setTimeout(() => fail(new DOMException("", "TimeoutError")), PATIENCE));
  const db = await Promise.race([asked(request), late]);
  // Storage that is cleared at a sign-out closes it under open pages.
  db.onclose = () => { opened = null; };
  db.onversionchange = () => { db.close(); opened = null; };
  return db;
}

/** What `use` does with the stores, as one transaction that is on the disk when this is over. */
async function work(mode, use) {
  for (let again = true; ; again = false) {
    const db = await database();
    let tx;
    try {
      tx = db.transaction([ACTS, KEYS], mode, { durability: "strict" });
    } catch (error) {
      if (!again) throw error;
      opened = null;
      continue;
    }
    const over = new Promise((done, fail) => {
      tx.oncomplete = done;
      tx.onabort = () => fail(tx.error ?? new DOMException("", "AbortError"));
    });
    const [result] = await Promise.all([use(tx.objectStore(ACTS), tx.objectStore(KEYS)), over]);
    return result;
  }
}

async function keyOf(person) {
  const known = await work("readonly", (_, keys) => asked(keys.get(person)));
  if (known) return known.key;
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return work("readwrite", async (_, keys) => {
    // Another tab may have made one meanwhile.
    const other = await asked(keys.get(person));
    if (!other) await asked(keys.put({ person, key: fresh }));
    return other?.key ?? fresh;
  });
}

const bound = (person, key, iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`${person} ${key}`) });

async function closed(person, op) {
  const clear = {};
  const secret = {};
  for (const [name, value] of Object.entries(op.body ?? {})) (isPlain(value) ? clear : secret)[name] = value;
  const { status = 0, error = "", message = "" } = op.refused ?? {};
  const record = { person, key: op.key, kind: op.kind, id: op.id, text: op.text ?? null, body: clear };
  if (op.refused) record.refused = { status, error };
  if (Object.keys(secret).length || message) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const words = new TextEncoder().encode(JSON.stringify({ body: secret, message }));
    record.sealed = { iv, words: await crypto.subtle.encrypt(bound(person, op.key, iv), await keyOf(person), words) };
  }
  return record;
}

async function unclosed(record) {
  const { key, kind, id, text, seq, sealed, person, refused, body } = record;
  const op = { key, kind, id, text, seq, body };
  if (refused) op.refused = { ...refused, message: "" };
  if (!sealed) return op;
  try {
    const words = await crypto.subtle.decrypt(bound(person, key, sealed.iv), await keyOf(person), sealed.words);
    const secret = JSON.parse(new TextDecoder().decode(words));
    op.body = { ...op.body, ...secret.body };
    if (refused) op.refused.message = secret.message;
  } catch {
    // Without its memo it is not what was meant: it waits for its owner to look at it.
    op.refused ??= { status: 0, error: "Unreadable", message: "" };
  }
  return op;
}

/** What `person` (an id) has waiting in this browser. */
export function openStore(person) {
  return {
    /** Keep an act at the end; it gets its number. */
    async add(op) {
      const record = await closed(person, op);
      op.seq = await work("readwrite", (acts) => asked(acts.add(record)));
    },
    /** Keep what has changed of an act, unless it is gone. */
    async change(op) {
      const record = { ...(await closed(person, op)), seq: op.seq };
      await work("readwrite", async (acts) => { if (await asked(acts.get(op.seq))) await asked(acts.put(record)); });
    },
    remove: (op) => work("readwrite", (acts) => asked(acts.delete(op.seq))),
    /** All acts, in the order they were made. */
    async all() {
      const records = await work("readonly", (acts) => asked(acts.index("person").getAll(person)));
      return Promise.all(records.map(unclosed));
    },
    /** Forget the person here: acts and key. */
    wipe: () => work("readwrite", async (acts, keys) => {
      for (const seq of await asked(acts.index("person").getAllKeys(person))) await asked(acts.delete(seq));
      await asked(keys.delete(person));
    }),
    /** Whether acts of somebody else lie here. */
    others: () => work("readonly", async (acts) => (await asked(acts.count())) > (await asked(acts.index("person").count(person)))),
  };
}
