"""Public figures and national parties are offered to be kept; their namesakes in the village are not."""

from __future__ import annotations

import pytest

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.keeping import keep_findings
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.pipeline import find, use_models


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


@pytest.mark.parametrize(
    ("language", "text", "clan"),
    [
        ("ru", "Мы из рода Найман, а он не из рода Найман.", "Найман"),
        ("kk", "Біз Найман руынанбыз, ол да Найман руынан.", "Найман"),
        ("en", "We are from the Naiman clan, he is not.", "Naiman"),
    ],
)
def test_a_clan_said_to_be_one_is_a_theme_and_nobody(language: str, text: str, clan: str) -> None:
    use_models(trained_models.SHIPPED)
    found = [f for f in find(text, language) if f.span.of(text) == clan]
    assert found
    assert {f.tier for f in found} == {Tier.C}
    named = [f for f in find("Мы из рода Выдумановых.", "ru") if f.tier is Tier.A]
    assert len(named) == 1
