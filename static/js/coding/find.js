// Finding a code by any of its names: in any language, by the sound across alphabets, on the wrong keyboard layout.
// With Shift first, so that of two signs on one key the plain one is taken back.
const LATIN = '{}:"<>~' + "`qwertyuiop[]asdfghjkl;'zxcvbnm,.234589" + "0-=";
const CYRILLIC = "хъжэбюё" + "ёйцукенгшщзхъфывапролджэячсмитьбюәіңғүұ" + "қөһ";
const SOUND = {
  а: "a", ә: "a", б: "b", в: "v", г: "g", ғ: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "i", к: "k", қ: "k", л: "l",
  м: "m", н: "n", ң: "n", о: "o", ө: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ұ: "u", ү: "u", ф: "f", х: "h", һ: "h", ц: "ts",
  ч: "ch", ш: "sh", щ: "sh", ъ: "", ы: "i", і: "i", ь: "", э: "e", ю: "iu", я: "ia", y: "i", w: "v", q: "k",
  j: "zh", ş: "sh", ç: "ch", ı: "i", x: "h",
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

/** Whether a word begins with the query but for one letter that is wrong, missing, too many, or two that changed places. */
function nearly(query, word) {
  let i = 0;
  while (i < query.length && query[i] === word[i]) i++;
  const rest = query.slice(i);
  return (
    word.startsWith(rest.slice(1), i + 1) || word.startsWith(rest.slice(1), i) || word.startsWith(rest, i + 1)
    || (rest.length > 1 && word.startsWith(rest[1] + rest[0] + rest.slice(2), i))
  );
}

function score(query, { name, words }) {
  if (name === query) return 100;
  // Of names that begin alike, the one of which most is typed: "үг" is nearer to "үгіт" than to "үгіт орны".
  if (name.startsWith(query)) return 85 + (10 * query.length) / name.length;
  const begun = words.filter((word) => word.startsWith(query)).map((word) => word.length);
  if (begun.length) return 76 + (8 * query.length) / Math.min(...begun);
  const parts = query.split(" ");
  if (parts.length > 1 && parts.every((part) => words.some((word) => word.startsWith(part)))) return 75;
  if (name.includes(query)) return 60;
  if (parts.length > 1 && parts.every((part) => name.includes(part))) return 50;
  if (query.length > 2 && inOrder(query, name)) return 30;
  return query.length > 3 && (nearly(query, name) || words.some((word) => nearly(query, word))) ? 25 : 0;
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
