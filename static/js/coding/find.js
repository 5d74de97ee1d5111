// Finding a code by any of its names: in any language, by the sound across alphabets, on the wrong keyboard layout.
const LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.234589" + "0-=";
const CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбюәіңғүұ" + "қөһ";
const SOUND = {
  а: "a", ә: "a", б: "b", в: "v", г: "g", ғ: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "i", к: "k", қ: "k", л: "l",
  м: "m", н: "n", ң: "n", о: "o", ө: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ұ: "u", ү: "u", ф: "f", х: "h", һ: "h", ц: "ts",
  ч: "ch", ш: "sh", щ: "sh", ъ: "", ы: "i", і: "i", ь: "", э: "e", ю: "iu", я: "ia", y: "i", w: "v", q: "k",
};
const swap = (from, to) => {
  const table = new Map([...from].map((letter, i) => [letter, [...to][i]]));
  return (text) => [...text.toLowerCase()].map((letter) => table.get(letter) ?? letter).join("");
};
const toCyrillic = swap(LATIN, CYRILLIC);
const toLatin = swap(CYRILLIC, LATIN);

/** One spelling for the same sound: lower case, Latin letters, no accents. */
export function fold(text) {
  const latin = [...text.normalize("NFC").toLowerCase()].map((letter) => SOUND[letter] ?? letter).join("");
  return latin.normalize("NFD").replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/** A code made ready for searching; `names` are its labels and aliases, then its key. */
export function indexed(code, names) {
  const folded = [...new Set(names.filter(Boolean).map(fold))].filter(Boolean);
  return { code, names: folded.map((name) => ({ name, words: name.split(" ") })), parent: fold(code.parent ?? "") };
}

function inOrder(query, name) {
  let at = -1;
  for (const letter of query.replaceAll(" ", "")) {
    at = name.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return true;
}

function score(query, { name, words }) {
  if (name === query) return 100;
  if (name.startsWith(query)) return 90;
  if (words.some((word) => word.startsWith(query))) return 80;
  const parts = query.split(" ");
  if (parts.length > 1 && parts.every((part) => words.some((word) => word.startsWith(part)))) return 75;
  if (name.includes(query)) return 60;
  if (parts.length > 1 && parts.every((part) => name.includes(part))) return 50;
  return query.length > 2 && inOrder(query, name) ? 30 : 0;
}

/** The codes that fit what was typed, best first; `boost` gives recent codes a small lead. */
export function find(typed, index, boost = () => 0) {
  const plain = fold(typed);
  const spellings = [[plain, 0]];
  for (const other of [fold(toCyrillic(typed)), fold(toLatin(typed))]) if (other && other !== plain) spellings.push([other, -12]);
  const found = [];
  for (const [place, entry] of index.entries()) {
    let best = 0;
    for (const [query, cost] of spellings) {
      if (!query) continue;
      for (const name of entry.names) best = Math.max(best, score(query, name) + cost);
      if (query.length > 1 && entry.parent.startsWith(query)) best = Math.max(best, 20 + cost);
    }
    if (best > 0) found.push([best + boost(entry.code), place, entry.code]);
  }
  return found.sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(([, , code]) => code);
}
