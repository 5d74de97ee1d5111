"""Streets, houses and flats in the three languages."""

from __future__ import annotations

import re

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.letters import LOWER, UPPER
from qualcoder.anonymise.rules.pattern import Rule, Verdict
from qualcoder.core.messages import N_

_NAME = (
    rf"(?:[{UPPER}][\w.\-]{{0,30}}|\d{{1,3}}[ \-]?(?:[{LOWER}]{{1,3}}(?!\w))?)(?: (?!(?i:дом|үй"
    rf"|house)\b)[{UPPER}][\w.\-]{{1,30}}){{0,2}}"
)
_RU_STREET = (
    r"(?i:(?<!\w)(?:ул\.|улиц[аеуы]й?|улицей|пр\.|пр-т|просп\.|проспект\w{0,2}|пер\.|переулок|переул\w{2,3}|мкр\.?"
    r"|мкрн\.?|микрорайон\w{0,2}"
    r"|бульвар\w{0,2}|көш\.|ықшам ?аудан\w{0,6}))"
)
_KK_STREET = r"(?i:көшес\w{1,8}|ықшам ?аудан\w{1,8}|шағын ?аудан\w{1,8}|ш/а|м/а|даңғыл\w{1,8}|тұйығ\w{1,6})"
_HOUSE = (
    r"(?:[, ]{1,3}(?:(?i:д\.|дом[ае]?|үй|house|корп\.|№) ?)?№? ?\d{1,4}(?: ?[-/] ?(?:\d{1,3}|(?i:[а-яa-z])(?!\w))"
    r"|(?i:[а-яa-z])(?!\w))?"
    r"(?: ?-?(?i:үй\w{0,6}))?(?:[, ]{1,3}(?i:кв\.|квартир[аеу]|пәтер\w{0,3}|оф\.|apt\.?|flat) ?№? ?\d{1,4}|[, "
    r"]{1,3}\d{1,4} ?-?(?i:пәтер\w{0,4}))?)"
)


def _judge(match: re.Match[str], score: float) -> Verdict:
    """With a house number the rule is surer than with a street alone."""
    has_house = re.search(r"\d", match.group().split(" ", 1)[-1]) is not None
    return Verdict(match.start(), match.end(), score if has_house else score - 0.15)


def _rule(source: str, score: float, pattern: str) -> Rule:
    reason = N_("A street, a house or a flat")
    return Rule(f"structured.{source}", Label.PLACE_FINE, Tier.A, score, reason, re.compile(pattern), _judge)


RULES: tuple[Rule, ...] = (
    _rule("street_ru", 0.95, rf"{_RU_STREET} ?(?:(?i:имени|им\.) ?)?\"?{_NAME}\"?{_HOUSE}?"),
    _rule(
        "street_ru_lower",
        0.85,
        rf"(?<!\w)(?i:ул\.|улиц[аеуы]|улицей) ?[{LOWER}]{{3,30}}{_HOUSE}",
    ),
    # По Набережной, 22: what stands in the genitive with a bare number after a comma is a house.
    _rule(
        "street_said",
        0.7,
        rf"(?<!\w)(?i:(?<=по )|(?<=на ))[{UPPER}][{LOWER}]{{2,30}}(?:ой|ей|[ая]|[оеыи]го|[ыи]х), "
        rf"(?:(?i:дом|д\.) ?)?\d{{1,3}}(?:/\d{{1,3}}|[{LOWER}](?!\w))?(?=[,.;:!?)]|\Z)",
    ),
    _rule("street_kk", 0.95, rf"(?<!\w)\"?{_NAME}\"? (?:(?i:атындағы) )?{_KK_STREET}(?!\w){_HOUSE}?"),
    _rule("street_kk_lower", 0.8, rf"(?<!\w)[{LOWER}]{{3,30}} {_KK_STREET}(?!\w){_HOUSE}"),
    _rule(
        "street_en",
        0.9,
        rf"(?<!\w)(?:\d{{1,4}}[a-z]? )?{_NAME} (?i:street|avenue|ave\.|lane|microdistrict)(?!\w){_HOUSE}?",
    ),
    _rule(
        "house_and_flat",
        0.9,
        r"(?<!\w)(?i:д\.|дом[еа]?|үй|house) ?№? ?\d{1,4}(?: ?(?i:[а-я])(?!\w))?[, ]{1,3}(?i:кв\.|квартир\w{1,2}"
        r"|пәтер\w{0,4}|flat|apartment|apt\.?) ?№? ?\d{1,4}(?!\d)",
    ),
)
