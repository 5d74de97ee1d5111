"""What the three languages share: the shape of a name, and judges that cut common words off its ends."""

from __future__ import annotations

import re
from itertools import takewhile

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.letters import LOWER, UPPER
from qualcoder.anonymise.lexicon.everyday import is_everyday, is_sure_name, may_name_somebody
from qualcoder.anonymise.rules.common_words import NOT_NAMES
from qualcoder.anonymise.rules.oblasts import CITIES
from qualcoder.anonymise.rules.pattern import Judge, Rule, Verdict

WORD = rf"(?:[{UPPER}][{LOWER}]{{1,24}}(?:[\-'][{UPPER}]?[{LOWER}]{{1,24}})?|[{UPPER}]{{3,24}})(?!\w)"
LOWER_WORD = rf"[{LOWER}]{{3,24}}(?!\w)"
INITIAL = rf"[{UPPER}]\."
NAME = rf"(?<!\w){WORD}(?: {WORD}){{0,2}}"
NAME_WITH_INITIALS = rf"(?:(?:{INITIAL} ?){{1,2}}{WORD}|{WORD} {INITIAL}(?: ?{INITIAL})?|{WORD}(?: {WORD}){{0,2}})"
PLACE = rf"(?<!\w){WORD}(?: {WORD})?"
MID_SENTENCE = rf"(?<=[{LOWER}{UPPER}\d,;:\-\"(] )"

_TOKEN = re.compile(r"[^\W\d_]+(?:[\-'][^\W\d_]+)*")
_INITIALS_AFTER = re.compile(rf"(?: ?{INITIAL}){{0,2}}")
_PLACE_AFTER = re.compile(
    r" \"?(?i:сельск\w{2,3}|район\w{0,3}|округ\w{0,3}|област\w{1,3}|обл\.|аул[аеу]?(?!\w)|сел[аоеу](?!\w)"
    r"|город\w{0,2}(?!\w)|поселк\w{1,2}"
    r"|ауыл\w{0,8}|аудан\w{0,8}|облыс\w{0,8}|қала\w{0,6}|кент\w{0,6}|көше\w{0,6}|village|district|region|oblast"
    r"|city|street|rayon|rural)"
)
_CITY_STEMS = tuple(city.casefold()[:5] for city in CITIES)
_AFTER_PLACE_CUE = re.compile(
    r"(?<!\w)(?:(?i:сел[оае]|селу|селом|аул[аеу]?|город[аеу]?|област[ьи]|район[аеу]?|улиц[аеуы]|ул\.|village of"
    r"|city of)|с\.|г\.) \Z"
)


def is_common(word: str) -> bool:
    return word.casefold() in NOT_NAMES


def _is_place(text: str) -> bool:
    return text.casefold().startswith(_CITY_STEMS)


def _is_initial(text: str, start: int, end: int) -> bool:
    return end - start == 1 and text[end : end + 1] == "."


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Cut common words off both ends of a name; None when nothing is left."""
    words = [word.span() for word in _TOKEN.finditer(text, start, end)]
    is_name = [_is_initial(text, *word) or not is_common(text[slice(*word)]) for word in words]
    first = next((at for at, name in enumerate(is_name) if name), len(words))
    words = [word for word, _ in takewhile(lambda pair: pair[1], zip(words[first:], is_name[first:], strict=True))]
    if not words or all(word[1] - word[0] < 2 for word in words):
        return None
    initials_after = _INITIALS_AFTER.match(text, words[-1][1], end)
    stop = initials_after.end() if initials_after else words[-1][1]
    return words[0][0], min(end, stop + _is_initial(text, *words[-1]))


def judge_name(match: re.Match[str], score: float) -> Verdict | None:
    """Refuse common words, cities, and names of places."""
    group = 1 if match.re.groups and match.group(1) else 0
    found = trimmed(match.string, match.start(group), match.end(group))
    if found is None or _is_place(match.string[slice(*found)]):
        return None
    if _PLACE_AFTER.match(match.string, match.end(group)):
        return None
    if _AFTER_PLACE_CUE.search(match.string, max(0, found[0] - 20), found[0]):
        return None
    return Verdict(*found, score)


def judge_listed(match: re.Match[str], score: float) -> Verdict | None:
    """A name that lists know: the cue alone stands beside many other words."""
    found = judge_name(match, score)
    return found if found and all(map(is_sure_name, _words(match, found))) else None


def judge_unknown(match: re.Match[str], score: float) -> Verdict | None:
    """A listed name, or a word that is no everyday one."""
    found = judge_name(match, score)
    return found if found and all(map(may_name_somebody, _words(match, found))) else None


def judge_rare(match: re.Match[str], score: float) -> Verdict | None:
    """Anything but everyday words: the shape itself is that of a name."""
    found = judge_name(match, score)
    return None if found is None or any(map(is_everyday, _words(match, found))) else found


def _words(match: re.Match[str], found: Verdict) -> list[str]:
    return match.string[found.start : found.end].lower().split()


def judge_place(match: re.Match[str], score: float) -> Verdict | None:
    """Refuse a place whose name is a common word; the type word stays in the stretch."""
    name = match.group("name")
    first, last = name.split(" ")[0], name.split(" ")[-1]
    if is_common(first) and is_common(last):
        return None
    start, end = match.span()
    if first != last:
        if is_common(last) and match.end("name") == end:
            end -= len(last) + 1
        elif is_common(first) and match.start("name") == start:
            start += len(first) + 1
    return Verdict(start, end, score)


def person(source: str, score: float, reason: str, pattern: str, judge: Judge = judge_name) -> Rule:
    return Rule(source, Label.PERSON, Tier.A, score, reason, re.compile(pattern), judge)


def person_uncased(source: str, score: float, reason: str, pattern: str, judge: Judge = judge_name) -> Rule:
    return Rule(source, Label.PERSON, Tier.A, score, reason, re.compile(pattern), judge, uncased_only=True)


def place(
    source: str, score: float, reason: str, pattern: str, *, label: Label = Label.PLACE_FINE, judge: Judge = judge_place
) -> Rule:
    return Rule(source, label, Tier.B, score, reason, re.compile(pattern), judge)


def quasi(source: str, label: Label, score: float, reason: str, pattern: str, judge: Judge | None = None) -> Rule:
    return Rule(source, label, Tier.B, score, reason, re.compile(pattern), judge)
