"""Public figures and national parties are offered to be kept; their namesakes in the village are not."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.keeping import keep_findings
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.pipeline import find


def kept(text: str) -> list[str]:
    return [f.span.of(text) for f in keep_findings(shadow_of(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Токаев сказал в послании", ["Токаев"]),
        ("президент Касым-Жомарт Токаев", ["Касым-Жомарт Токаев"]),
        ("Қасым-Жомарт Тоқаевтың сөзі", ["Қасым-Жомарт Тоқаевтың"]),
        ("при Назарбаеве было иначе", ["Назарбаеве"]),
        ("Nursultan Nazarbayev resigned", ["Nursultan Nazarbayev"]),
        ("партия Аманат выдвинула", ["партия Аманат"]),
        ("член Нур Отана", ["Нур Отана"]),
        ("наш сосед Ерлан Токаев", []),
        ("Токаев Ерлан живёт рядом", []),
        ("ауыл партиясы емес, ауыл адамы", ["ауыл партиясы"]),
        ("", []),
    ],
)
def test_who_is_offered_to_be_kept(text: str, expected: list[str]) -> None:
    assert kept(text) == expected


def test_the_offer_survives_the_union() -> None:
    text = "За это голосовал Нурсултан Назарбаев сам"
    offered = [f for f in find(text, "ru") if f.suggests_keep]
    assert [(f.label, f.span.of(text)) for f in offered] == [(Label.PERSON, "Нурсултан Назарбаев")]


def test_a_figure_is_not_looked_for_elsewhere() -> None:
    text = "Нурсултан Назарбаев ушёл.\nНурсултан из нашего аула молчал."
    assert all(f.suggests_keep or "propagation" not in f.sources for f in find(text, "ru"))
