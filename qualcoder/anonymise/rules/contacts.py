"""Telephones, e-mail, sites and handles, also as they are spoken."""

from __future__ import annotations

import re

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.rules.pattern import Judge, Rule, Verdict, unless
from qualcoder.core.messages import N_

_MONEY_OR_COUNT = (
    r" ?(?:теңге|тенге|тг(?!\w)|₸|₽|\$|€|%|процент|пайыз|percent|руб|доллар|долл|мың|млн|млрд|миллион|тыс|жүз мың"
    r"|голос|дауыс|vote|адам|человек|people|шт(?!\w)|км|га(?!\w)|гектар|tenge)"
)
_GAP = r"[ ().\-]{0,3}"
_PHONE_CUE = (
    r"(?i:(?<!\w)(?:тел(?:\.|ефон)?|сот(?:ов|ка|ты|тас)|номер|нөмір|моб(?:\.|ил)|в[оа]тсап|уатсап|what'?s ?app"
    r"|phone|mobile"
    r"|call me|звон|позвон|қоңырау|хабарлас))\w{0,8}"
)
_ZONES = r"(?:kz|ru|com|org|net|info|me|қаз)"

not_an_amount = unless(after=_MONEY_OR_COUNT)
_ROUND = re.compile(r"\d{1,3}(?: \d{3})* 000")


def _judge_after_cue(match: re.Match[str], score: float) -> Verdict | None:
    """100 000 is a count, whatever stands before it."""
    return None if _ROUND.fullmatch(match.group(1)) else not_an_amount(match, score)


def _rule(source: str, score: float, reason: str, pattern: str, judge: Judge | None = None) -> Rule:
    return Rule(f"structured.{source}", Label.CONTACT, Tier.A, score, reason, re.compile(pattern), judge)


RULES: tuple[Rule, ...] = (
    _rule(
        "phone",
        1.0,
        N_("A telephone number"),
        rf"(?<![\d+])(?:\+?7|8){_GAP}[79](?:{_GAP}\d){{9}}(?!\d)",
        not_an_amount,
    ),
    _rule(
        "phone_bare",
        0.85,
        N_("A telephone number"),
        r"(?<![\d+])\(?7\d{2}\)?[ .\-]\d{3}[ .\-]?\d{2}[ .\-]?\d{2}(?!\d)",
        not_an_amount,
    ),
    _rule(
        "phone_solid",
        0.8,
        N_("A telephone number"),
        r"(?<![\d+])7(?:0[0-8]|47|6[0-4]|7[15678])\d{7}(?!\d)",
        not_an_amount,
    ),
    _rule(
        "phone_abroad",
        0.9,
        N_("A telephone number"),
        rf"(?<!\w)\+\d(?:{_GAP}\d){{9,13}}(?!\d)",
        not_an_amount,
    ),
    _rule(
        "phone_cue",
        0.8,
        N_("A number after a word for a telephone"),
        rf"{_PHONE_CUE}[^\d\n]{{0,15}}((?<![\d+])\d(?:[ ()\-]{{0,2}}\d){{4,10}})(?!\d)",
        _judge_after_cue,
    ),
    _rule(
        "email",
        1.0,
        N_("An e-mail address"),
        r"(?<![\w.+%\-])[\w.+%\-]{1,64} ?@ ?[\w\-]{1,63}(?: ?\.[\w\-]{2,63}){1,4}(?!\w)",
    ),
    _rule("link", 0.95, N_("An internet address"), r"(?i:(?<!\w)(?:https?://|www\.)[^\s\"<>]{2,300})"),
    _rule(
        "site",
        0.85,
        N_("An internet address"),
        rf"(?i:(?<![\w@.\-])(?:[\w\-]{{1,40}}\.){{1,4}}{_ZONES}(?:/[^\s\"<>]{{0,200}})?(?!\w))",
    ),
    _rule("handle", 0.95, N_("A name on a social network"), r"(?<![\w@.])@[A-Za-z_][\w.]{2,30}"),
    _rule(
        "handle_cue",
        0.7,
        N_("A name after the word for a social network"),
        r"(?i:(?<!\w)(?:телеграм\w{0,4}|инстаграм\w{0,4}|инст[аеыу]|telegram|instagram|тик[ \-]?ток\w{0,3}|tiktok"
        r"|фейсбук\w{0,4}|facebook"
        r"|ник(?:нейм)?\w{0,3}|nickname)[ :\-]{1,3}(?:(?:это|мой|канал|парақша\w{0,4}|аккаунт\w{0,4}|is|account) "
        r"){0,2})"
        r"([A-Za-z]\w{0,20}[_.\d]\w{1,20})",
    ),
)
