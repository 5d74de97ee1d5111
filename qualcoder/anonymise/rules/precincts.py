"""Polling stations and commissions by number, and figures of a count: each points at one village."""

from __future__ import annotations

import re

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.rules.pattern import Judge, Rule, unless
from qualcoder.core.messages import N_

_NO = r"(?:№|#|(?i:N[o0]?\.?|номер|нөмір[іл]?\w{0,3}|number)) ?"
_RU_STATION = r"(?:(?i:избирательн\w{2,4}) )?(?i:участ(?:ок|к[аеуи]|ком))(?: (?i:для голосования))?"
_RU_COMMISSION = (
    r"(?i:(?:участков\w{2,3} (?:избирательн\w{2,3} )?|избирательн\w{2,3} )?комисси\w{1,3}|УИК\w{0,2}|ТИК\w{0,2})"
)
_KK_STATION = r"(?:(?i:сайлау) )?(?i:учаске\w{0,10})"
_RU_ORDINAL = r"[ \-]{0,2}(?i:ый|ий|ого|ому|ой|ом|го|му|м|й|я|ая|е)"
_KK_ORDINAL = r"[ \-]{0,2}(?i:інші|ыншы|нші|ншы|ші|шы)"
_EN_STATION = r"(?i:polling (?:station|place)|voting precinct|precinct(?: (?:election )?commission)?|PEC)"
_NOT_LAND = unless(after=r" ?(?:сот|га(?!\w)|гектар|кв|м2|километр|км|метр|процент|%)")
_VOTES = r"(?i:голос(?:а|ов|ами|ах)?|дауыс\w{0,6}|votes?|бюллетен\w{1,3}|ballots?)(?!\w)"
_NUMBER = r"\d{1,3}(?:[ ]?\d{3}){0,2}"
_SHARE = r"\d{1,3}(?:[.,]\d{1,2})? ?(?:%|(?i:процент\w{0,4}|пайыз\w{0,6}|percent|per cent))"
_WON = (
    r"(?i:(?<!\w)(?:набра[лн]\w{0,2}|получи\w{1,2}|победи\w{1,2}|выигра\w{1,2}|проигра\w{1,2}|проголосовал\w{0,2}"
    r"|явк\w{1,2}|жинады|жинаған\w{0,4}|алды|жеңді|жеңген\w{0,4}"
    r"|қатысу|келу|won|got|received|lost|turnout))"
)


def _rule(source: str, score: float, pattern: str, judge: Judge | None = None) -> Rule:
    reason = N_("A polling station or its commission by number")
    return Rule(f"structured.{source}", Label.PRECINCT, Tier.B, score, reason, re.compile(pattern), judge)


def _result(source: str, score: float, pattern: str) -> Rule:
    reason = N_("A figure of the count in one place")
    judge = unless(before=r"парти\w{1,3}[^.]{0,20}")
    return Rule(f"structured.{source}", Label.RESULT, Tier.B, score, reason, re.compile(pattern), judge)


RULES: tuple[Rule, ...] = (
    _rule(
        "precinct_number_after",
        0.95,
        rf"(?<!\w)(?:{_RU_STATION}|{_RU_COMMISSION}|{_KK_STATION}|{_EN_STATION}),? ?\(?{_NO}\d{{1,5}}(?!\d)",
    ),
    _rule(
        "precinct_bare_number_after",
        0.8,
        rf"(?<!\w)(?:(?i:избирательн\w{{2,4}} участ\w{{2,3}}|УИК|ТИК)|{_EN_STATION}|(?i:сайлау учаске\w{{0,10}}))[ "
        rf"\-]\d{{1,5}}(?!\d)",
        _NOT_LAND,
    ),
    _rule("precinct_plain", 0.6, r"(?<!\w)(?i:участ(?:ок|ке|ку|ком)) \d{1,5}(?![\d.,])", _NOT_LAND),
    _rule(
        "precinct_number_before",
        0.95,
        rf"(?<!\w){_NO}\d{{1,5}}(?:{_RU_ORDINAL}|{_KK_ORDINAL})? ?(?:{_RU_STATION}|{_RU_COMMISSION}|{_KK_STATION}"
        rf"|{_EN_STATION})(?!\w)",
    ),
    _rule(
        "precinct_ordinal",
        0.9,
        rf"(?<![\d.,])\d{{1,5}}(?:{_RU_ORDINAL} (?:{_RU_STATION}|{_RU_COMMISSION})"
        rf"|{_KK_ORDINAL} (?:{_KK_STATION}|(?i:участ\w{{2,4}}))|(?i:st|nd|rd|th) {_EN_STATION}|[ "
        rf"\-]?(?i:нөмірлі\w{{0,3}}) {_KK_STATION})(?!\w)",
    ),
    _rule("precinct_nominative", 0.7, r"(?<![\d.,])\d{2,5} ?-? ?(?i:участ(?:ок|ке|ку|ком))(?!\w)"),
    _result("votes", 0.6, rf"(?<![\d.,]){_NUMBER}[ \-]{{1,2}}{_VOTES}"),
    _result("share_after_verb", 0.65, rf"{_WON}[^.\n\d]{{0,40}}((?<!\d){_SHARE})(?!\w)"),
    _result("share_before_verb", 0.55, rf"(?<![\d.,])({_SHARE})(?!\w)[^.\n\d]{{0,25}}{_WON}"),
    _result("share_of_votes", 0.65, rf"(?<![\d.,])({_SHARE}) (?i:голосов|дауыс\w{{0,6}}|of (?:the )?votes?)(?!\w)"),
)
