"""The twenty oblasts and cities of the first level, their centres, and names they had before.

Source: the official classifier of places of Kazakhstan (edition of 2026), written out by hand with case endings.
"""

from __future__ import annotations

import re

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.rules.endings import kk
from qualcoder.anonymise.rules.pattern import Rule, listed
from qualcoder.core.messages import N_

# Russian adjectives without their ending: Акмолинск|ая, |ой, |ую.
_RU_ADJECTIVES = listed(
    "Акмолинск Актюбинск Алматинск Атырауск Западно-Казахстанск Жамбылск Карагандинск Костанайск Кызылординск "
    "Мангистауск Мангыстауск Павлодарск Северо-Казахстанск Туркестанск Восточно-Казахстанск Южно-Казахстанск "
    "Семипалатинск Жетысуск Абайск Улытауск"
)
_RU_NAMED = listed("Абай Жетісу Жетысу Ұлытау Улытау")
_KK_NAMES = (
    "Абай",
    "Ақмола",
    "Ақтөбе",
    "Алматы",
    "Атырау",
    "Батыс Қазақстан",
    "Жамбыл",
    "Жетісу",
    "Қарағанды",
    "Қостанай",
    "Қызылорда",
    "Маңғыстау",
    "Павлодар",
    "Солтүстік Қазақстан",
    "Түркістан",
    "Ұлытау",
    "Шығыс Қазақстан",
    "Оңтүстік Қазақстан",
)
_EN_NAMES = (
    "Abai|Akmola|Aktobe|Almaty|Atyrau|West Kazakhstan|Zhambyl|Jambyl|Jetisu|Zhetisu|Karaganda|Qaraghandy|Kostanay"
    "|Qostanay|Kyzylorda|Qyzylorda"
    "|Mangystau|Mangistau|Pavlodar|North Kazakhstan|Turkestan|Turkistan|Ulytau|East Kazakhstan|South Kazakhstan"
)
# Cities with the part that stays when a Russian or Kazakh ending is added.
CITIES = listed(
    "Астана Алматы Алма-Ата Шымкент Чимкент Семей Семипалатинск Көкшетау Кокшетау Ақтөбе Актобе Қонаев Конаев "
    "Капшагай Атырау Уральск Тараз "
    "Талдықорған Талдыкорган Қарағанды Караганда Қостанай Костанай Қызылорда Кызылорда Ақтау Актау Павлодар "
    "Петропавловск Петропавл "
    "Түркістан Туркестан Жезқазған Жезказган Өскемен Усть-Каменогорск Нұр-Сұлтан Нур-Султан Целиноград"
)
_LOWER_CITIES = " ".join(CITIES).lower()
_EN_CITIES = (
    "Astana|Almaty|Shymkent|Semey|Kokshetau|Aktobe|Konaev|Atyrau|Oral|Uralsk|Taraz|Taldykorgan|Karaganda|Kostanay"
    "|Kyzylorda|Aktau|Pavlodar|Petropavl"
    "|Petropavlovsk|Turkistan|Turkestan|Jezkazgan|Zhezkazgan|Oskemen|Ust-Kamenogorsk|Nur-Sultan"
)
_RU_FALL = r"(?:ами|ах|ом|ой|ою|а|у|е|ы|и|ю|я)?"
_RU_OBLAST = r"(?i:област[ьией]\w{0,2}|обл\.)"


def _city(name: str) -> str:
    stem = name[:-1] if name[-1] in "аы" and name not in ("Алматы", "Қарағанды") else name
    return f"{re.escape(stem)}{_RU_FALL}"


def _rule(source: str, score: float, pattern: str) -> Rule:
    reason = N_("An oblast or a large city")
    return Rule(f"oblasts.{source}", Label.PLACE_COARSE, Tier.B, score, reason, re.compile(pattern))


_BY_LENGTH = sorted(_RU_ADJECTIVES, key=len, reverse=True)

RULES: tuple[Rule, ...] = (
    _rule("ru", 0.95, rf"(?<!\w)(?i:{'|'.join(_BY_LENGTH)})(?:ая|ой|ую|ою) {_RU_OBLAST}"),
    _rule("ru_short", 0.8, rf"(?<!\w)(?:{'|'.join(_BY_LENGTH)})(?:ая|ой|ую|ою)(?!\w)"),
    _rule("ru_named", 0.95, rf"(?<!\w){_RU_OBLAST} \"?(?i:{'|'.join(_RU_NAMED)})(?!\w)"),
    _rule("kk", 0.95, rf"(?<!\w)(?i:{'|'.join(_KK_NAMES)}) {kk('облыс')}"),
    _rule("en", 0.9, rf"(?<!\w)(?i:{_EN_NAMES}) (?i:region|oblast|province)(?!\w)"),
    _rule("city_ru", 0.8, rf"(?<![\w\-])(?:{'|'.join(map(_city, CITIES))})(?!\w)"),
    _rule("city_kk", 0.8, rf"(?<![\w\-])(?=[А-ЯӘІҢҒҮҰҚӨҺ]){kk(_LOWER_CITIES)}"),
    _rule("city_en", 0.8, rf"(?<![\w\-])(?:{_EN_CITIES})(?!\w)"),
    _rule("city_cue", 0.8, rf"(?<!\w)(?i:город[аеу]?|городом|г\.) ?(?i:{'|'.join(map(_city, CITIES))})(?!\w)"),
)
