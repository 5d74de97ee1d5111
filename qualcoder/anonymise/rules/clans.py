"""Clans and zhuz: a theme of the research, shown to the reviewer and never removed by itself (tier C)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qualcoder.anonymise.findings import Finding, Label, Tier
from qualcoder.anonymise.letters import LOWER, UPPER
from qualcoder.anonymise.rules.endings import kk
from qualcoder.anonymise.rules.pattern import Judge, Rule, Verdict, listed, whole
from qualcoder.core.messages import N_

# These mean nothing else; the others are also everyday words or first names and wait for a cue nearby.
_PLAIN = listed(
    "арғын аргын найман қыпшақ кыпчак кипчак қоңырат конырат шапырашты жалайыр қаңлы канлы сіргелі сиргели ошақты "
    "шанышқылы әлімұлы "
    "байұлы жетіру жетыру шекті төртқара беріш жағалбайлы төлеңгіт"
)
_AMBIGUOUS = listed(
    "керей кереи уақ уак дулат албан суан ысты адай әлім алим табын кете тана тама рамадан төре торе қожа кожа "
    "шекты берш байулы алимулы"
)
_RU_END = r"(?:ами|ах|ам|ов|ом|ск\w{2,3}|цев|цы|ец|а|у|е|ы|и)?"
_EN = (
    "argyn|naiman|kypchak|qypshaq|konyrat|qongyrat|dulat|adai|aday|kerei|kerey|uaq|alban|suan|shapyrashty"
    "|zhalaiyr|jalayir|kangly|ysty|sirgeli"
    "|oshakty|tabyn|shekti|berish|tore|kozha|qoja|alimuly|baiuly"
)
_CUE = re.compile(
    r"(?i:(?<!\w)(?:ру|руы\w{0,5}|рудан|рулас\w{0,4}|рулы\w{0,4}|руға|руым\w{0,4}|род|рода|роду|родом|родов\w{1,3}"
    r"|роды|жүз\w{0,5}|жуз\w{0,3}|тайпа\w{0,4}"
    r"|плем\w{1,5}|clans?|tribes?|zhuz|juz)(?!\w))"
)


def _near_cue(match: re.Match[str], score: float) -> Verdict | None:
    around = (
        match.string[max(0, match.start() - 45) : match.start()] + " | " + match.string[match.end() : match.end() + 30]
    )
    return whole(match, score) if _CUE.search(around) else None


def _surer_near_cue(match: re.Match[str], score: float) -> Verdict:
    return _near_cue(match, min(1.0, score + 0.3)) or whole(match, score)


def _rule(source: str, score: float, pattern: str, judge: Judge | None = None) -> Rule:
    reason = N_("A clan or zhuz")
    return Rule(f"clans.{source}", Label.CLAN, Tier.C, score, reason, re.compile(pattern), judge)


RULES: tuple[Rule, ...] = (
    _rule("kk", 0.6, kk(" ".join(_PLAIN)), _surer_near_cue),
    _rule("ru", 0.6, rf"(?i:(?<!\w)(?:{'|'.join(_PLAIN)}){_RU_END}(?!\w))", _surer_near_cue),
    _rule("kk_cue", 0.6, kk(" ".join(_AMBIGUOUS)), _near_cue),
    _rule("ru_cue", 0.6, rf"(?i:(?<!\w)(?:{'|'.join(_AMBIGUOUS)}){_RU_END}(?!\w))", _near_cue),
    _rule("en_cue", 0.6, rf"(?i:(?<!\w)(?:{_EN})s?(?!\w))", _near_cue),
    _rule("zhuz_kk", 0.9, rf"(?<!\w)(?i:ұлы|орта|кіші) {kk('жүз')}"),
    _rule("zhuz_ru", 0.9, r"(?i:(?<!\w)(?:старш|средн|младш|мал|больш)\w{2,3} жуз\w{0,3}(?!\w))"),
    _rule("zhuz_en", 0.9, r"(?i:(?<!\w)(?:senior|great|elder|middle|junior|little|lesser) (?:zhuz|juz)(?!\w))"),
    _rule("named_ru", 0.55, rf"(?<!\w)(?i:из|от|в) (?i:рода|роде|роду) ([{UPPER}][{LOWER}]{{2,20}})(?!\w)"),
    _rule(
        "named_kk", 0.55, rf"(?<!\w)([{UPPER}][{LOWER}]{{2,20}}) (?i:руы\w{{0,5}}|руын\w{{0,4}}|тайпас\w{{1,4}})(?!\w)"
    ),
    _rule("named_en", 0.55, r"(?<!\w)([A-Z][a-z]{2,20}) (?i:clan|tribe)(?!\w)"),
)


_SURE = 0.85
_WITH_CUE = frozenset({"clans.kk_cue", "clans.ru_cue", "clans.en_cue"})
_LISTED = frozenset({"clans.kk", "clans.ru"})
_LEARNED = ("crf.", "slovnet", "uncertain.")


def clans_are_nobody(findings: Sequence[Finding]) -> list[Finding]:
    """The findings without what a model took for a name where the rules know a listed clan by the word beside it.

    A clan is a theme and stays for a reader to weigh; as a person it would be taken out of the text. What rules say of
    persons stays, and so does what stands in "the clan of X" for any other X: that may be a surname.
    """
    clans = [
        f
        for f in findings
        if f.label is Label.CLAN
        and (not _WITH_CUE.isdisjoint(f.sources) or (f.score >= _SURE and not _LISTED.isdisjoint(f.sources)))
    ]
    return [f for f in findings if not (_is_learned(f) and any(clan.span.contains(f.span) for clan in clans))]


def _is_learned(finding: Finding) -> bool:
    return finding.label is not Label.CLAN and all(source.startswith(_LEARNED) for source in finding.sources)
