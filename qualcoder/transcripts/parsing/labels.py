"""Speaker labels: which beginnings of lines name who is speaking, judged over the whole text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import regex

from qualcoder.transcripts.parsing.times import TimedLine

MAX_LABEL = 40
_RECURS = 2


class Form(StrEnum):
    """How a line shows its speaker: `L 00:13` alone, `[L] …`, `L: …`, `L. …` in capitals, `L — …`."""

    HEADER = "header"
    BRACKET = "bracket"
    COLON = "colon"
    STOP = "stop"
    DASH = "dash"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A beginning of a line that may be a label, and the rest of the line."""

    label: str = field(repr=False)
    body: str = field(repr=False)
    form: Form

    @classmethod
    def named(cls, label: str, body: str) -> Candidate:
        """A speaker whom the format names by itself."""
        return cls(label, body, Form.BRACKET)

    @property
    def key(self) -> str:
        return key_of(self.label)


_TOKEN = r"(?:(?:\p{L}{1,4}\.)+\p{L}*|[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_-]*|№ ?\d+)"
_LABEL = rf"{_TOKEN}(?:[ \xa0]{{1,2}}{_TOKEN}){{0,3}}(?: ?\([^()]{{1,20}}\))?"
_CAPITALS = r"\p{Lu}[\p{Lu}\d]+(?:[ -][\p{Lu}\d]+){0,3}"
_FORMS = (
    (Form.BRACKET, regex.compile(rf"\[ ?(?P<label>{_LABEL}) ?\] ?:? *(?P<body>.*)")),
    (Form.COLON, regex.compile(rf"(?P<label>{_LABEL}) ?:(?![/\d]) *(?P<body>.*)")),
    (Form.STOP, regex.compile(rf"(?P<label>{_CAPITALS})\. +(?P<body>\S.*)")),
    (Form.DASH, regex.compile(rf"(?P<label>{_LABEL}) +[—–-] +(?P<body>\S.*)")),
)
_HEADER = regex.compile(rf"(?P<label>{_LABEL}) ?:?")
_NAME_WORD = r"\p{Lu}[\p{L}\p{M}'’-]*\.?"
_NAME = regex.compile(
    rf"(?:\p{{Lu}}\.){{1,3}}\p{{Lu}}?|(?:\p{{Lu}}\.){{1,2}} ?{_NAME_WORD}|{_NAME_WORD}(?: {_NAME_WORD}){{1,2}}"
)
_INLINE = regex.compile(r"(?<!\S)(?P<label>(?:\p{Lu}\. ?){1,2}\p{Lu}[\p{L}-]+|\p{L}+(?: \d{1,2})?) ?:(?= )")
_NUMBER_AFTER = regex.compile(r"№?\d{1,3}\Z")
_LETTER_AND_NUMBER = regex.compile(r"\p{L}\d{1,2}")

_PARTS = """
    интервьюер интерв инт респондент респ модератор мод вопрос ответ ведущий ведущая участник участница информант
    эксперт журналист журналистка собеседник собеседница спикер говорящий исследователь исследовательница
    сұхбаткер сұхбаталушы сұхбатберуші жауапберуші сұрақ жауап жүргізуші қатысушы сарапшы зерттеуші тілші сөйлеуші
    interviewer interviewee respondent moderator participant speaker question answer host researcher facilitator
    informant int resp res mod
"""
_LETTERS = "i r q a p в о и р м с ж"
_OTHER_BEGINNINGS = """
    например итак значит первое второе третье пример следующее так вот примечание
    мысалы демек яғни біріншіден екіншіден үшіншіден мынада мынау ескерту
    example note first second third so http https
    смех смеётся смеется смеются пауза неразборчиво нрзб шум вздох вздыхает плачет молчание аплодисменты музыка
    күлкі күледі күлді үзіліс түсініксіз шу
    laughs laughter laughing pause inaudible unintelligible crosstalk noise music applause silence sighs coughs
"""
_KNOWN = frozenset(_PARTS.split())
_KNOWN_LETTERS = frozenset(_LETTERS.split())
_NEVER = frozenset(_OTHER_BEGINNINGS.split())


def key_of(label: str) -> str:
    """One key for the spellings of a label: `В. Путин` and `В.Путин`, `ИНТ` and `Инт.`."""
    return "".join(label.casefold().replace(".", " ").split())


def is_known(key: str) -> bool:
    """A word that names a part in an interview in any of the three languages, perhaps numbered."""
    return _NUMBER_AFTER.sub("", key) in _KNOWN or bool(_LETTER_AND_NUMBER.fullmatch(key))


def candidate_in(line: TimedLine) -> Candidate | None:
    """What may be a label at the start of the line; whether it is one shows only over the whole text."""
    if line.before_time is not None and (found := _HEADER.fullmatch(line.before_time)):
        return _usable(Candidate(found["label"], "", Form.HEADER))
    text = line.text if line.after_time is None else line.after_time
    for form, pattern in _FORMS:
        if (found := pattern.fullmatch(text)) and (usable := _usable(Candidate(found["label"], found["body"], form))):
            return usable
    return None


def _usable(candidate: Candidate) -> Candidate | None:
    label = candidate.label
    is_word = len(label) <= MAX_LABEL and any(c.isalpha() for c in label)
    if not is_word or not _NEVER.isdisjoint(label.casefold().split()):
        return None
    return candidate if label[0].isupper() or label[0].isdigit() or is_known(candidate.key) else None


def accepted_labels(candidates: Sequence[Candidate]) -> frozenset[tuple[str, Form]]:
    """The labels that count: known words, and what recurs in one form.

    A lone letter needs company (Q with A, И with Р). A dash makes a label only of known words, capitals and codes,
    as it also joins subject and predicate. Where two labels are sure, a name with a colon that stands once counts too.
    """
    counts = Counter((c.key, c.form) for c in candidates)
    strong: set[tuple[str, Form]] = {
        (k, f) for (k, f), n in counts.items() if f is not Form.DASH and len(k) > 1 and (n >= _RECURS or is_known(k))
    }
    strong |= _letters(counts, set(Form) - {Form.DASH}, least=1)
    sure = {key for key, _ in strong}
    dashed = _dashed(candidates, counts, sure)
    accepted = strong | dashed | {(k, f) for k, f in counts if k in sure}
    colons = sum(1 for _, form in strong if form is Form.COLON)
    if colons >= _RECURS:
        accepted |= {(c.key, c.form) for c in candidates if c.form is Form.COLON and _NAME.fullmatch(c.label)}
    return frozenset(accepted)


def _letters(counts: Counter[tuple[str, Form]], forms: Iterable[Form], *, least: int) -> set[tuple[str, Form]]:
    """Lone letters, accepted in pairs: two known ones, or any two that recur."""
    accepted: set[tuple[str, Form]] = set()
    for form in forms:
        here = {k: n for (k, f), n in counts.items() if f is form and len(k) == 1}
        known = {k for k, n in here.items() if k in _KNOWN_LETTERS and n >= least}
        recurring = {k for k, n in here.items() if n >= _RECURS}
        others = sum(1 for (k, f), n in counts.items() if f is form and len(k) > 1 and (n >= _RECURS or is_known(k)))
        for group in (known, recurring):
            if len(group) + others >= 2:
                accepted |= {(k, form) for k in group}
    return accepted


def _dashed(
    candidates: Sequence[Candidate], counts: Counter[tuple[str, Form]], sure: set[str]
) -> set[tuple[str, Form]]:
    codes = {c.key for c in candidates if c.form is Form.DASH and (c.label.isupper() or c.label[-1].isdigit())}
    accepted: set[tuple[str, Form]] = {(k, f) for k, f in counts if f is Form.DASH and is_known(k)}
    if not sure:
        accepted |= {
            (k, f) for (k, f), n in counts.items() if f is Form.DASH and len(k) > 1 and k in codes and n >= _RECURS
        }
        accepted |= _letters(counts, [Form.DASH], least=_RECURS)
    return accepted


def break_before_labels(line: str) -> str:
    """Put a line feed before known labels and initialled names with a colon that recur inside one long line.

    Web pages saved as text often lose their line ends; without this a whole conversation would be one turn.
    """
    inside = [
        (m.start(), key_of(m["label"]))
        for m in _INLINE.finditer(line)
        if "." in m["label"] or is_known(key_of(m["label"]))
    ]
    counts = Counter(key for _, key in inside)
    cuts = [start for start, key in inside if counts[key] >= _RECURS]
    parts = [line[a:b] for a, b in zip([0, *cuts], [*cuts, len(line)], strict=True)]
    return "\n".join(part.strip(" ") for part in parts if part.strip(" "))
