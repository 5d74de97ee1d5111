"""What shows by its form: numbers, contacts, dates, ages, polling stations, figures, addresses."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qualcoder.anonymise.findings import Finding, Label, Tier, union
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.rules import structured
from qualcoder.anonymise.rules.checks import NumberKind, check_digit, is_checked, is_luhn, kind_of
from qualcoder.anonymise.rules.pattern import apply


def found(text: str) -> list[Finding]:
    return union(apply(structured.RULES, shadow_of(text)))


def covered(text: str, label: Label) -> list[str]:
    return [f.span.of(text) for f in found(text) if f.label is label]


def a_number(eleven: str) -> str:
    digit = check_digit(eleven)
    assert digit is not None
    return f"{eleven}{digit}"


# Built from invented stems; the check digit is computed, so no number is copied from life.
IIN = a_number("85031530001")
BIN = a_number("19074000001")


@pytest.mark.parametrize(
    ("text", "label", "surface"),
    [
        (f"Мой ИИН {IIN}.", Label.ID, IIN),
        (f"жсн {IIN[:6]} {IIN[6:]} деп жазыңыз", Label.ID, f"{IIN[:6]} {IIN[6:]}"),
        (f"iin {IIN[:3]} {IIN[3:6]} {IIN[6:9]} {IIN[9:]}", Label.ID, f"{IIN[:3]} {IIN[3:6]} {IIN[6:9]} {IIN[9:]}"),
        (f"ТОО, БИН {BIN}", Label.ID, BIN),
        ("паспорт N00000000", Label.ID, "N00000000"),
        ("N 00000000", Label.ID, "N 00000000"),
        ("удостоверение личности № 000000000", Label.ID, "000000000"),
        ("жеке куәлік нөмірі 000000000", Label.ID, "000000000"),
        ("my ID card is 000000000", Label.ID, "000000000"),
        ("счёт KZ00000XXX0000000000", Label.ID, "KZ00000XXX0000000000"),
        ("карта 4000 0000 0000 0002", Label.ID, "4000 0000 0000 0002"),
        ("машина 000 ABC 02", Label.ID, "000 ABC 02"),
        ("көлігі 000АВС05", Label.ID, "000АВС05"),
        ("номер машины 000 abc 02", Label.ID, "000 abc 02"),
        ("A 000 BCD", Label.ID, "A 000 BCD"),
        ("звоните +7 700 000 00 00", Label.CONTACT, "+7 700 000 00 00"),
        ("8 (700) 000-00-00", Label.CONTACT, "8 (700) 000-00-00"),
        ("87000000000", Label.CONTACT, "87000000000"),
        ("менің нөмірім 8 747 000 00 00 ғой", Label.CONTACT, "8 747 000 00 00"),
        ("700 000 00 00", Label.CONTACT, "700 000 00 00"),
        ("7000000000 жазыңыз", Label.CONTACT, "7000000000"),
        ("8(7172)00-00-00", Label.CONTACT, "8(7172)00-00-00"),
        ("телефон 00-00-00", Label.CONTACT, "00-00-00"),
        ("call me on 8 700 000 0000", Label.CONTACT, "8 700 000 0000"),
        ("from abroad +44 7000 000000", Label.CONTACT, "+44 7000 000000"),
        ("пишите на vydumka@example.kz, жду", Label.CONTACT, "vydumka@example.kz"),
        ("почта выдумка собака example точка kz", Label.CONTACT, "выдумка собака example точка kz"),
        ("на сайте www.example.kz", Label.CONTACT, "www.example.kz"),
        ("https://t.me/oydantap оқыңыз", Label.CONTACT, "https://t.me/oydantap"),
        ("instagram.com/oydantap_01", Label.CONTACT, "instagram.com/oydantap_01"),
        ("менің парақшам @oydantap_kz", Label.CONTACT, "@oydantap_kz"),
        ("телеграм: oydantap_kz", Label.CONTACT, "oydantap_kz"),
        ("восемь семьсот один сто двадцать три сорок", Label.CONTACT, "восемь семьсот один сто двадцать три сорок"),
        ("сегіз жеті жүз бір жүз жиырма үш", Label.CONTACT, "сегіз жеті жүз бір жүз жиырма үш"),
        ("eight seven zero one two three", Label.CONTACT, "eight seven zero one two three"),
    ],
)
def test_direct_identifiers_are_found_whole(text: str, label: Label, surface: str) -> None:
    assert covered(text, label) == [surface]
    assert all(f.tier is Tier.A for f in found(text) if f.label is label)


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("15.03.1985", "15.03.1985"),
        ("2021-07-25", "2021-07-25"),
        ("25 июля 2021 года", "25 июля 2021 года"),
        ("25 июля пришли", "25 июля"),
        ("5 шілде 2021 жылы", "5 шілде 2021 жылы"),
        ("2021 жылғы 25 шілдеде", "2021 жылғы 25 шілдеде"),
        ("шілденің 25-інде", "шілденің 25-інде"),
        ("on July 25, 2021", "July 25, 2021"),
        ("25th July 2021", "25th July 2021"),
        ("родился 15 марта 1985", "15 марта 1985"),
        ("1985 года рождения", "1985"),
        ("1985 жылы туғанмын", "1985 жылы"),
        ("я родилась в селе в 1972", "1972"),
        ("born in 1972", "1972"),
        ("1990 г.р.", "1990"),
    ],
)
def test_dates_are_found(text: str, surface: str) -> None:
    assert covered(text, Label.DATE) == [surface]


@pytest.mark.parametrize(
    ("text", "tier"),
    [("родился 15.03.1985", Tier.A), ("15 наурыз 1985 жылы туған", Tier.A), ("выборы 25.07.2021", Tier.B)],
)
def test_a_full_date_of_birth_is_a_direct_identifier(text: str, tier: Tier) -> None:
    assert [f.tier for f in found(text) if f.label is Label.DATE] == [tier]


def test_a_plate_read_aloud_reaches_no_further_than_its_letters() -> None:
    """The word ЖСН (IIN) has no vowel and stands before a number: what a text says far before it is no plate of it."""
    said = f"Бірінші қаңтарда туғанмын. Ауылда тұрамын, жұмысым мектепте. Келісімшартқа керек болса, ЖСН {IIN}."
    assert covered(said, Label.ID) == [IIN]
    assert covered("машина сто двадцать три бцд ноль два", Label.ID) == ["сто двадцать три бцд ноль два"]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("мне 45 лет", "45 лет"),
        ("ему 52", "52"),
        ("52-летний", "52-летний"),
        ("Сорок пять лет.", "Сорок пять лет"),
        ("45 жастамын", "45 жастамын"),
        ("қырық бес жаста", "қырық бес жаста"),
        ("жасым 45-те", "45-те"),
        ("I am 34 years old", "34 years old"),
        ("aged 61", "61"),
        ("a forty-five-year old woman", "forty-five-year old"),
    ],
)
def test_ages_are_found(text: str, surface: str) -> None:
    assert covered(text, Label.AGE) == [surface]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("избирательный участок № 345", "избирательный участок № 345"),
        ("участок №12", "участок №12"),
        ("№ 345 сайлау учаскесі", "№ 345 сайлау учаскесі"),
        ("УИК 118", "УИК 118"),
        ("УИК № 118", "УИК № 118"),
        ("участковая комиссия №7", "участковая комиссия №7"),
        ("345-ші учаскеде", "345-ші учаскеде"),
        ("на 345-м участке", "345-м участке"),
        ("polling station No. 45", "polling station No. 45"),
        ("at precinct 45", "precinct 45"),
        ("на участке номер сто восемнадцать", "участке номер сто восемнадцать"),
    ],
)
def test_polling_stations_are_found(text: str, surface: str) -> None:
    assert covered(text, Label.PRECINCT) == [surface]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("набрал 214 голосов", "214 голосов"),
        ("ол 214 дауыс жинады", "214 дауыс"),
        ("he got 214 votes", "214 votes"),
        ("победил с 63,4 процента", "63,4 процента"),
        ("won with 57 percent", "57 percent"),
        ("63 пайыз дауыс алды", "63 пайыз"),
    ],
)
def test_results_of_one_place_are_found(text: str, surface: str) -> None:
    assert covered(text, Label.RESULT) == [surface]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("живёт ул. Выдуманная, 15", "ул. Выдуманная, 15"),
        ("улица Выдуманная 12 кв. 4", "улица Выдуманная 12 кв. 4"),
        ("на улице Выдуманной жили", "улице Выдуманной"),
        ("Мысал көшесі, 15 үй", "Мысал көшесі, 15 үй"),
        ("мкр. Пример-2, д. 33, кв. 5", "мкр. Пример-2, д. 33, кв. 5"),
        ("Мысал ықшам ауданы, 33", "Мысал ықшам ауданы, 33"),
        ("пр. Выдуманова 10/1", "пр. Выдуманова 10/1"),
        ("Мысал даңғылы 5", "Мысал даңғылы 5"),
        ("көш. Мысал 7", "көш. Мысал 7"),
        ("дом 5, квартира 12", "дом 5, квартира 12"),
        ("12 Example Street", "12 Example Street"),
        ("А по Набережной, 22, там семья", "Набережной, 22"),
        ("живёт на Выдуманного, дом 7/2; там", "Выдуманного, дом 7/2"),
    ],
)
def test_addresses_are_found(text: str, surface: str) -> None:
    assert covered(text, Label.PLACE_FINE) == [surface]
    assert found(text)[0].tier is Tier.A


@pytest.mark.parametrize(
    "text",
    [
        "Бюджет 150 000 000 тенге на 2023-2025 годы.",
        "телефон 250 000 тенге стоит",
        "сот телефоны 150 000 теңге",
        "за 20 лет независимости",
        "тәуелсіздіктің 30 жылы",
        "20 years of independence",
        "10 лет назад",
        "по Примерстану, 22 области",
        "работаю 25 лет",
        "он три года работал",
        "25 жастар келді",
        "жұмыс жасады",
        "Статья 12, пункт 3 закона.",
        "партия получила 71,09 процента",
        "в 2021 году",
        "5 мандатов из 15",
        "код 123456789012 товара",
        "3-4 раза в год",
        "бір екі рет барды",
        "10 км до центра",
        "участок 12 соток",
        "на 5 участках было тихо",
        "2021 жылғы сайлауда 255 ауыл әкімі сайланды.",
        "и т.д. и т.п.",
        "1,5-2 часа",
        "в 10:30 утра",
        "",
        "😀",
    ],
)
def test_ordinary_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


elevens = st.builds(
    lambda year, month, day, century, serial: f"{year:02}{month:02}{day:02}{century}{serial:04}",
    st.integers(0, 99),
    st.integers(1, 12),
    st.integers(1, 31),
    st.integers(1, 6),
    st.integers(0, 9999),
)


@settings(deadline=None)
@given(elevens, st.sampled_from(["{}", "ИИН {}", "жсн: {}.", "({})", "😀{}😀"]))
def test_every_valid_number_is_certain(eleven: str, around: str) -> None:
    assume(check_digit(eleven) is not None)
    number = a_number(eleven)
    text = around.format(number)
    assert [(f.label, f.span.of(text), f.score) for f in found(text)] == [(Label.ID, number, 1.0)]
    assert kind_of(number) is NumberKind.IIN


@settings(deadline=None)
@given(elevens, st.integers(1, 9))
def test_a_wrong_check_digit_is_still_flagged_but_less_sure(eleven: str, slip: int) -> None:
    assume(check_digit(eleven) is not None)
    number = a_number(eleven)
    mistyped = number[:11] + str((int(number[11]) + slip) % 10)
    for text in (mistyped, f"ИИН {mistyped}"):
        assert [(f.label, f.span.of(text)) for f in found(text)] == [(Label.ID, mistyped)]
        assert 0 < found(text)[0].score < 1.0
    assert not is_checked(mistyped)


@settings(deadline=None)
@given(elevens, st.integers(2, 5), st.integers(1, 9))
def test_a_slip_in_the_date_is_still_flagged(eleven: str, at: int, slip: int) -> None:
    assume(check_digit(eleven) is not None)
    number = a_number(eleven)
    mistyped = number[:at] + str((int(number[at]) + slip) % 10) + number[at + 1 :]
    assert [f.label for f in found(mistyped)] == [Label.ID]


def test_a_number_too_short_is_flagged_after_its_cue() -> None:
    assert covered(f"ИИН {IIN[:11]}", Label.ID) == [IIN[:11]]


def test_eleven_remaining_ten_takes_the_second_weights() -> None:
    assert check_digit("85031530001") in range(10)
    assert any(check_digit(f"8503153{n:04}") is None for n in range(400))


def test_luhn_knows_the_published_test_number() -> None:
    assert is_luhn("4000000000000002")
    assert not is_luhn("4000000000000003")


@pytest.mark.parametrize("blob", ["1", "1 ", "7", "a@", "а.", "№ ", "@"])
def test_long_runs_come_to_an_end(blob: str) -> None:
    found(blob * (60_000 // len(blob)))
