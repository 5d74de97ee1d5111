"""Numbers and addresses written every way that people and speech recognition write them: each one is covered whole."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.pipeline import find, find_in_turns
from qualcoder.anonymise.rules.checks import check_digit

STEM = "86120330000"
IIN = f"{STEM}{check_digit(STEM)}"
MISTYPED = f"{STEM}{(int(IIN[-1]) + 3) % 10}"
BIN_STEM = "19054000000"
BIN = f"{BIN_STEM}{check_digit(BIN_STEM)}"
BAD_BIN = f"{BIN_STEM}{(int(BIN[-1]) + 1) % 10}"
L = Label


def spaced(number: str, *sizes: int, by: str = " ") -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return by.join(parts)


WAYS = [
    # Numbers of people and firms, right and mistyped.
    (f"ИИН {IIN}", L.ID, IIN),
    (f"ИИН:{MISTYPED}", L.ID, MISTYPED),
    (f"жсн-ім {spaced(IIN, 6, 6)}", L.ID, spaced(IIN, 6, 6)),
    (f"жсн {spaced(MISTYPED, 3, 3, 3, 3)}", L.ID, spaced(MISTYPED, 3, 3, 3, 3)),
    (f"иин {spaced(IIN, 6, 6, by='-')}", L.ID, spaced(IIN, 6, 6, by="-")),
    (f"IIN {spaced(IIN, 4, 4, 4)}", L.ID, spaced(IIN, 4, 4, 4)),
    (f"менің жеке нөмірім {IIN}", L.ID, IIN),
    (f"вот мой {MISTYPED} запишите", L.ID, MISTYPED),
    (f"БИН {BIN}", L.ID, BIN),
    (f"БСН {BAD_BIN}", L.ID, BAD_BIN),
    (f"our bin is {BIN}", L.ID, BIN),
    ("иин восемьсот шестьдесят один двести три триста ноль ноль ноль", None,
     "восемьсот шестьдесят один двести три триста ноль ноль ноль"),
    ("жсн сегіз алты бір екі нөл үш үш нөл нөл нөл нөл бір", None, "сегіз алты бір екі нөл үш үш нөл нөл нөл нөл бір"),
    # Telephones.
    ("+77000000016", L.CONTACT, "+77000000016"),
    ("+7 (700) 000 00 16", L.CONTACT, "+7 (700) 000 00 16"),
    ("8-700-000-00-16", L.CONTACT, "8-700-000-00-16"),
    ("8.700.000.00.16", L.CONTACT, "8.700.000.00.16"),
    ("8 7 0 0 0 0 0 0 0 1 6", L.CONTACT, "8 7 0 0 0 0 0 0 0 1 6"),
    ("8 700 0000016", L.CONTACT, "8 700 0000016"),
    ("8\u00a0700\u2011000\u201300\u201316", L.CONTACT, "8\u00a0700\u2011000\u201300\u201316"),
    ("тел.:87000000016,звоните", L.CONTACT, "87000000016"),
    ("ватсап +7-700-000-0016", L.CONTACT, "+7-700-000-0016"),
    ("рабочий телефон 2-14-05", L.CONTACT, "2-14-05"),
    ("үй телефоны 21 405", L.CONTACT, "21 405"),
    ("плюс семь семьсот ноль ноль ноль ноль шестнадцать", L.CONTACT, "семь семьсот ноль ноль ноль ноль шестнадцать"),
    ("восемь семьсот, ноль ноль ноль, ноль ноль, шестнадцать", L.CONTACT,
     "восемь семьсот, ноль ноль ноль, ноль ноль, шестнадцать"),
    ("сегіз жеті жүз нөл нөл нөл он алты", L.CONTACT, "сегіз жеті жүз нөл нөл нөл он алты"),
    ("жеті жүз жеті нөл нөл нөл отыз алты он төрт", L.CONTACT, "жеті жүз жеті нөл нөл нөл отыз алты он төрт"),
    ("eight seven double oh triple zero one six", L.CONTACT, "eight seven double oh triple zero one six"),
    ("номер мой двадцать один четыреста пять", L.CONTACT, "двадцать один четыреста пять"),
    # E-mail and names on networks.
    ("oydantap@example.kz", L.CONTACT, "oydantap@example.kz"),
    ("oydantap @ example.kz", L.CONTACT, "oydantap @ example.kz"),
    ("oydantap(at)example.kz", L.CONTACT, "oydantap(at)example.kz"),
    ("ойдантап собака мысал точка кз", L.CONTACT, "ойдантап собака мысал точка кз"),
    ("почта ойдантап точка с собака мысал точка кз", L.CONTACT, "ойдантап точка с собака мысал точка кз"),
    ("поштам ойдантап ит белгісі мысал нүкте кз", L.CONTACT, "ойдантап ит белгісі мысал нүкте кз"),
    ("пошта ойдантап айқұлақ мысал нүкте ком", L.CONTACT, "ойдантап айқұлақ мысал нүкте ком"),
    ("ойдантап нижнее подчёркивание серик собака мысал точка ру", L.CONTACT,
     "ойдантап нижнее подчёркивание серик собака мысал точка ру"),
    ("oydantap dot serik at example dot com", L.CONTACT, "oydantap dot serik at example dot com"),
    ("ойдантап сексен бес собака мысал точка кз", L.CONTACT, "ойдантап сексен бес собака мысал точка кз"),
    ("@oydantap_85", L.CONTACT, "@oydantap_85"),
    ("t.me/oydantap", L.CONTACT, "t.me/oydantap"),
    ("инстаграмда ойдантап астын сызу ауыл деп тұр", L.CONTACT, "ойдантап астын сызу ауыл"),
    ("сайт мысал точка кз", L.CONTACT, "мысал точка кз"),
    # Papers, cars, accounts.
    ("удостоверение 000 000 123", L.ID, "000 000 123"),
    ("жеке куәлігімнің нөмірін тексерді: № 000000123", L.ID, "000000123"),
    ("my id is 000000123", L.ID, "000000123"),
    ("паспорт n00000123", L.ID, "n00000123"),
    ("777 XAB 10", L.ID, "777 XAB 10"),
    ("777XAB|10", L.ID, "777XAB|10"),
    ("көлік нөмірі 777 хав 10", L.ID, "777 хав 10"),
    ("номер 777 xab 10 запомнил", L.ID, "777 xab 10"),
    ("ноль сорок пять рлн ноль пять", L.ID, "ноль сорок пять рлн ноль пять"),
    ("kz00 0000 xxx0 0000 0000", L.ID, "kz00 0000 xxx0 0000 0000"),
    ("4000-0000-0000-0002", L.ID, "4000-0000-0000-0002"),
    # Polling stations.
    ("№996 участокта", L.PRECINCT, "№996 участокта"),
    ("участокта №996", L.PRECINCT, "участокта №996"),
    ("на участке N 996", L.PRECINCT, "участке N 996"),
    ("996 участокқа бардым", L.PRECINCT, "996 участокқа"),
    ("девятьсот девяносто шестой участок", L.PRECINCT, "девятьсот девяносто шестой участок"),
    ("на участке девятьсот девяносто шесть", L.PRECINCT, "участке девятьсот девяносто шесть"),
    ("тоғыз жүз тоқсан алтыншы учаскеде", L.PRECINCT, "тоғыз жүз тоқсан алтыншы учаскеде"),
    ("№ 995, № 996 және 997 учаскелер", L.PRECINCT, "№ 995, № 996 және 997 учаскелер"),
    ("precinct nine hundred ninety six", L.PRECINCT, "precinct nine hundred ninety six"),
    # Addresses.
    ("ул.Выдуманная,д.5,кв.12", L.PLACE_FINE, "ул.Выдуманная,д.5,кв.12"),
    ("улица выдуманная дом 5", L.PLACE_FINE, "улица выдуманная дом 5"),
    ("мысал көшесі 15 үй", L.PLACE_FINE, "мысал көшесі 15 үй"),
    ("14 Mysal Street", L.PLACE_FINE, "14 Mysal Street"),
    # Dates and ages.
    ("03/12/1986", L.DATE, "03/12/1986"),
    ("3-го декабря 1986-го", L.DATE, "3-го декабря 1986"),
    ("третьего декабря", L.DATE, "третьего декабря"),
    ("үшінші желтоқсанда", L.DATE, "үшінші желтоқсанда"),
    ("сексен алтыншы жылдың желтоқсанында", L.DATE, "сексен алтыншы жылдың желтоқсанында"),
    ("the third of december", L.DATE, "third of december"),
    ("december nineteen eighty six", L.DATE, "december nineteen eighty six"),
    ("родилась в сорок седьмом году", L.DATE, "сорок седьмом году"),
    ("жасым отыз жетіде", L.AGE, "отыз жетіде"),
    ("отыз жетідемін", L.AGE, "отыз жетідемін"),
    ("алпыстың бесеуіндемін", L.AGE, "алпыстың бесеуіндемін"),
    ("мне тридцать семь", L.AGE, "тридцать семь"),
    ("ему двенадцать", L.AGE, "двенадцать"),
    ("Айсұлу 37-ге толды", L.AGE, "37-ге толды"),
    ("i'm thirty seven", L.AGE, "thirty seven"),
    ("she is ninety and votes", L.AGE, "ninety"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "label", "surface"), WAYS)
def test_every_way_of_saying_it_is_covered_whole(text: str, label: Label | None, surface: str) -> None:
    start = text.index(surface)
    around = [f for f in find(text, "mixed") if f.start <= start and start + len(surface) <= f.end]
    assert around, [(f.span.of(text), f.label.value) for f in find(text, "mixed")]
    assert label is None or around[0].label is label


@pytest.mark.parametrize("number", [IIN, MISTYPED, BIN, BAD_BIN])
def test_a_mistyped_number_is_shown_and_less_sure(number: str) -> None:
    (found,) = find(f"вот он {number} тут", "ru")
    assert (found.label, found.span.of(f"вот он {number} тут")) == (Label.ID, number)
    assert (found.score == 1.0) == (number in {IIN, BIN})


ORDINARY = [
    "секретарь участковой комиссии",
    "секретарь участковой комиссии номер не назвал",
    "участковая комиссия работала до ночи",
    "на первом участке тихо",
    "екінші учаскеде кезек болды",
    "участок в спортзале",
    "сто двадцать три тысячи четыреста пять тенге",
    "двести тридцать пять тысяч шестьсот человек",
    "телефон двести тысяч тенге стоит",
    "он два раза пришёл",
    "он пять лет живёт тут",
    "оған он-он бес адам келді",
    "бір екі үш деп санадық",
    "екі мың жиырма екінші жылы",
    "дом двенадцать на пять метров",
    "у нас сорок две школы и семьдесят дорог",
    "собака лает на улице, точка",
    "we met at noon",
    "one two three go",
    "налог десять процентов",
    "первого числа каждого месяца",
    "двадцать лет назад",
    "отец тридцать лет был ветеринаром",
    "twenty years of independence",
    "отыз жылдан бері",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_counting_is_left_alone(text: str) -> None:
    structured = {Label.CONTACT, Label.ID, Label.PRECINCT, Label.AGE, Label.DATE, Label.RESULT}
    assert [(f.span.of(text), f.sources) for f in find(text, "mixed") if f.label in structured] == []


ASKED = [
    ("Сколько вам лет?", "Сорок четыре, скоро юбилей.", "ru", Label.AGE, "Сорок четыре"),
    ("жасыңыз нешеде", "отыз екі, үш балам бар", "kk", Label.AGE, "отыз екі"),
    ("How old are you?", "Fifty-one.", "en", Label.AGE, "Fifty-one"),
    ("Участок какой номер?", "Сто сорок седьмой. Раньше был 146.", "ru", Label.PRECINCT, "146"),
    ("Қай учаске?", "Тоғыз жүз тоқсан алты.", "kk", Label.PRECINCT, "Тоғыз жүз тоқсан алты"),
    ("Как распределились голоса?", "За него двести пять, за неё сто.", "ru", Label.RESULT, "двести пять"),
]


@pytest.mark.parametrize(("question", "answer", "language", "label", "surface"), ASKED)
def test_a_bare_number_tells_what_was_asked(
    question: str, answer: str, language: str, label: Label, surface: str
) -> None:
    turns = [(0, question, language), (1000, answer, language)]
    start = 1000 + answer.index(surface)
    found = [f for f in find_in_turns(turns) if f.start <= start and start + len(surface) <= f.end]
    assert [f.label for f in found] == [label]


def test_the_same_answer_to_another_question_is_not_an_age() -> None:
    turns = [(0, "Сколько у вас овец?", "ru"), (100, "Сорок четыре, скоро окот.", "ru")]
    assert [f for f in find_in_turns(turns) if f.label is Label.AGE] == []


def test_a_station_is_found_again_without_its_word() -> None:
    turns = [(0, "№ 876 учаскеде болдым.", "kk"), (100, "876-да тыныш өтті, 876 адам келді.", "kk")]
    assert [(f.start, f.end) for f in find_in_turns(turns) if f.label is Label.PRECINCT and f.start >= 100] == [
        (100, 106)
    ]
