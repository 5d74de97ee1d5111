"""Numbers of people, firms, papers, cars, accounts: the same in every language of the interviews."""

from __future__ import annotations

import re

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.rules.checks import is_checked, is_luhn, is_one_slip_away, kind_of
from qualcoder.anonymise.rules.pattern import Rule, Verdict, unless, whole
from qualcoder.core.messages import N_

_GAP = r"[ .\-]"
_TWELVE = re.compile(
    rf"(?<![\d+])(?:\d{{12}}|\d{{6}}{_GAP}\d{{6}}|\d{{3}}(?:{_GAP}\d{{3}}){{3}}|\d{{4}}(?:{_GAP}\d{{4}}){{2}}"
    rf"|\d{{2}}(?:{_GAP}\d{{2}}){{2}}{_GAP}\d{{6}}|\d{{6}}{_GAP}\d{_GAP}\d{{5}}"
    rf"|\d{{6}}{_GAP}\d{{3}}{_GAP}\d{{3}})(?!\d)"
)
_NUMBER_CUE = r"(?i:(?<!\w)(?:иин|жсн|бин|бсн|iin|jsn|bin))"
_LOOKALIKE = "A-ZАВЕКМНОРСТУХ"
_REGION = r"(?:0[1-9]|1\d|20)"


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _judge_twelve(match: re.Match[str], score: float) -> Verdict | None:
    """A slip of the transcriber must not hide a number: a wrong check digit lowers the score, no more."""
    digits = _digits(match.group())
    if kind_of(digits):
        return whole(match, 1.0 if is_checked(digits) else 0.6)
    if is_checked(digits) or is_one_slip_away(digits):
        return whole(match, 0.5)
    return None


def _judge_card(match: re.Match[str], score: float) -> Verdict | None:
    return whole(match, 0.95 if is_luhn(_digits(match.group())) else 0.6)


def _rule(source: str, score: float, reason: str, pattern: str) -> Rule:
    return Rule(f"structured.{source}", Label.ID, Tier.A, score, reason, re.compile(pattern))


_ID_CARD_CUE = (
    r"(?i:(?<!\w)(?:удостоверени\w{0,4}|удост\.|уд\. ?личн\w{0,8}|жеке куәл[іi]\w{0,8}|куәлі[кг]\w{0,8}"
    r"|identity card|id card|my id|id (?:is|number|no)))"
)
_PASSPORT_CUE = r"(?i:(?<!\w)(?:загран)?(?:паспорт\w{0,3}|төлқұжат\w{0,6}|passport))"
_CAR_CUE = r"(?i:(?<!\w)(?:(?:гос\.? ?)?номер\w{0,3}|нөмір\w{0,5}|машин\w{1,6}|көлі[кг]\w{0,6}|plates?|cars?))"
_NO_WORD = r"(?!(?i:для|или|без|рет|дня|год|лет|раз|жас|the|and|for|км|тг|на|до)(?!\w))"

RULES: tuple[Rule, ...] = (
    Rule(
        "structured.iin",
        Label.ID,
        Tier.A,
        1.0,
        N_("Twelve digits built like an IIN or BIN"),
        _TWELVE,
        _judge_twelve,
    ),
    _rule(
        "iin_cue",
        0.8,
        N_("A number after the word IIN or BIN"),
        rf"{_NUMBER_CUE}[^\d\n]{{0,20}}(\d(?:{_GAP}?\d){{8,13}})(?!\d)",
    ),
    _rule(
        "id_card",
        0.95,
        N_("A number after a word for an identity card"),
        rf"{_ID_CARD_CUE}[^\d\n]{{0,45}}((?<!\d)\d{{3}} ?\d{{3}} ?\d{{3}})(?!\d)",
    ),
    _rule(
        "passport_cue",
        0.95,
        N_("A number after a word for a passport"),
        rf"{_PASSPORT_CUE}[^\d\n]{{0,25}}?((?:(?i:[a-zа-я]){{1,2}} ?)?\d{{7,9}})(?!\d)",
    ),
    _rule("passport", 0.85, N_("A letter and eight digits, as passports have"), r"(?<!\w)[NНCС] ?\d{8}(?!\d)"),
    _rule(
        "plate",
        0.9,
        N_("A car's number plate"),
        rf"(?<!\w)\d{{3}} ?[{_LOOKALIKE}]{{2,3}} ?[|/\-]? ?{_REGION}(?!\w)",
    ),
    _rule(
        "plate_old",
        0.75,
        N_("A car's number plate"),
        r"(?<!\w)(?:[A-Z] ?\d{3} ?[A-Z]{2,3}|[АВЕКМНОРСТУХ]\d{3}[АВЕКМНОРСТУХ]{2,3})(?!\w)",
    ),
    _rule(
        "plate_cue",
        0.8,
        N_("A car's number plate"),
        rf"{_CAR_CUE}[^\d\n]{{0,25}}((?<!\w)\d{{3}} ?{_NO_WORD}(?i:[a-zа-я]){{2,3}} ?{_REGION})(?!\w)",
    ),
    _rule("iban", 1.0, N_("A bank account number"), r"(?<!\w)(?i:KZ) ?\d{2}(?: ?(?i:[A-Z\d])){16}(?!\w)"),
    Rule(
        "structured.bank_card",
        Label.ID,
        Tier.A,
        0.95,
        N_("Sixteen digits, as bank cards have"),
        re.compile(r"(?<![\d+])\d{4}(?:[ \-]?\d{4}){3}(?!\d)"),
        _judge_card,
    ),
    Rule(
        "structured.document_cue",
        Label.ID,
        Tier.A,
        0.7,
        N_("A number after a word for a document"),
        re.compile(
            r"(?i:(?<!\w)(?:доверенност|диплом|свидетельств|пенсионн\w{2,3} книжк|военн\w{2} билет|куәлі[кг]"
            r"|licen[cs]e)\w{0,6})"
            r"[^\d\n]{0,20}((?<!\d)\d{6,10})(?!\d)"
        ),
        unless(after=r" ?(?:теңге|тенге|тг|₸|руб|долл|%)"),
    ),
)
