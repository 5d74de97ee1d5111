// The nine numbered codes. A code keeps its number while it is used, so that fingers can learn it;
// a new code takes a free number or that of the code unused for longest. Only ids are kept, for this tab.
const PLACE = "coding-slots";
const SIZE = 9;

export function openSlots(recent, known) {
  let slots = read().filter((slot) => known(slot.id));
  let clock = Math.max(0, ...slots.map((slot) => slot.used));
  for (const id of [...recent].reverse()) if (known(id) && !slots.some((slot) => slot.id === id)) take(id);

  function take(id) {
    const used = ++clock;
    const mine = slots.find((slot) => slot.id === id);
    if (mine) mine.used = used;
    else if (slots.length < SIZE) slots.push({ id, used });
    else slots[slots.indexOf(slots.reduce((a, b) => (a.used <= b.used ? a : b)))] = { id, used };
    sessionStorage.setItem(PLACE, JSON.stringify(slots));
  }

  return {
    take,
    codeAt: (number) => slots[number - 1]?.id,
    numberOf: (id) => slots.findIndex((slot) => slot.id === id) + 1,
    inOrder: () => slots.map((slot) => slot.id),
    last: () => slots.reduce((a, b) => (a && a.used >= b.used ? a : b), null)?.id,
    newest: () => [...slots].sort((a, b) => b.used - a.used).map((slot) => slot.id),
  };
}

function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(kept) ? kept.filter((slot) => typeof slot?.id === "string" && Number.isFinite(slot.used)) : [];
  } catch {
    return [];
  }
}
