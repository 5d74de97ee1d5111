"""The leak check: every form of a known person's name is found, said as a place and never as a word, and quickly."""

from __future__ import annotations

import subprocess
import sys
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from qualcoder.accounts import limits
from qualcoder.accounts.limits import NAMES_TRIED, TooMany
from qualcoder.anonymise import leaks
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.known_names import KnownNames, known_names
from qualcoder.anonymise.leaks import NamesSomebody, Place, labels_by_rules, places, places_of_full_names, rules_around
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.anonymise.surfaces import indexed
from qualcoder.audit.models import AuditEntry
from qualcoder.core.ids import TranscriptId
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.transcripts import reviewing
from tests.anonymise.known_person import CASES, HARMLESS, NAME, known, register
from tests.homes import World, access_of


def plain(word: str) -> bytes:
    return word.encode()


def names_of(*surfaces: str) -> KnownNames:
    """People known by these names, one each, without a home."""
    people: dict[bytes, frozenset[object]] = {}
    for surface in surfaces:
        person = uuid4()
        for word in surface.split():
            for form in indexed(word, "mixed"):
                people[plain(form)] = people.get(plain(form), frozenset()) | {person}
    return KnownNames(people, plain)  # type: ignore[arg-type]  # ids of people


@pytest.mark.both_backends
def test_every_form_of_a_confirmed_name_is_found_where_it_stands(home: Home, world: World) -> None:
    register(home, world)
    names = known(home, world)
    for case, form in CASES.items():
        text = f"Тогда пришёл {form}, и всё."
        found = names.hits([text])[0]
        assert found, case
        assert all(hit.span.start >= 13 and hit.span.end <= 13 + len(form) for hit in found), case
    assert names.hits(HARMLESS) == [[] for _ in HARMLESS]


def test_a_name_that_no_reader_confirmed_is_not_known(home: Home, world: World) -> None:
    register(home, world)
    spans = _spans(home, world)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, TranscriptId(spans[0].transcript_id))
        for span in spans:
            reviewing.decide(db, found, span.id, Decision.UNDECIDED)
    assert known(home, world).hits([NAME]) == [[]]


def _spans(home: Home, world: World) -> list[PiiSpan]:
    with home.data.read() as db:
        return list(db.exec(select(PiiSpan).where(col(PiiSpan.study_id) == world.study.id)))


def test_a_name_of_another_study_is_not_known_here(home: Home, world: World) -> None:
    register(home, world)
    with home.data.read() as db:
        assert known_names(db, world.other_study.id).hits([NAME]) == [[]]


def test_a_word_that_is_no_name_stays_what_it_is() -> None:
    # Дана is a name and дан the beginning of another word; the code of the released text holds "адам", a man.
    names = names_of("Дана", "Адам")
    assert names.hits(["дан берді", "данные", "[Адам 3] келді"]) == [[], [], []]
    assert [hit.span for hit in names.hits(["Дана келді"])[0]] == [Span(0, 4)]
    # Detection took a common word along with a name, and any word begins a sentence with a capital.
    names = names_of("Қарсыласыңыз Ойдантап", "Бас")
    assert names.hits(["Қарсыластардың бірі", "Бас дәрігер. Бас ауырды."]) == [[], []]
    assert len(names.hits(["Кеше Бас келді"])[0]) == 1


@pytest.mark.parametrize(
    ("name", "text", "sure"),
    [
        ("Басын", "үйдің басына шықты", []),
        ("Басын", "кеше Басына айттық", [True]),
        ("Малинин", "ели малину", []),
        ("Роза", "кеше розаға айттым", [False]),
        ("Дана", "кеше данаға айттым", [False]),
        ("Ойлапов", "кеше ойлаповқа айттым", [False]),
        ("Ойлапов", "Ойлаповқа айттым", [True]),
        ("Надежда", "пришла надежда ивановна", [False]),
    ],
)
def test_in_small_letters_an_everyday_word_is_nobodys_name(name: str, text: str, sure: list[bool]) -> None:
    assert [hit.is_sure for hit in names_of(name).hits([text])[0]] == sure


def test_a_place_counts_lines_and_words_and_holds_no_word() -> None:
    names = names_of("Ойдантап")
    found = places(names, ["ничего", "Первая строка\nа потом\nпришёл «Ойдантап» снова"])
    assert found == [Place(1, 3, 2)]
    assert "йдантап" not in repr(found) + repr(names)


def test_in_a_public_record_one_word_proves_nothing_and_a_full_name_does() -> None:
    names = names_of("Бекзат Ойлапов", "Ойдантап Выдуманов")
    texts = ["Ойдантап ауылы", "Ойлаповтың Бекзаты", "Ойдантап Ойлапов", "Ойлапов, Ойлапов"]
    assert [place.text for place in places_of_full_names(names, texts)] == [1]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("звоните +7 700 000 00 00", Label.CONTACT),
        ("аким Ойдантапов обещал", Label.PERSON),
        ("ИИН 990101300000 записан", Label.ID),
    ],
)
def test_rules_name_the_kind_of_what_identifies(text: str, label: Label) -> None:
    assert label in labels_by_rules(text)
    assert labels_by_rules("Воды не было всё лето.") == frozenset()


def test_rules_look_around_what_was_changed_and_nowhere_else() -> None:
    filler = "воды не было и никто не знал почему. " * 40
    text = f"{filler}Звоните +7 700 000 00 00. {filler}[Лицо 1] сказал: +7 700 000 00 01. {filler}"
    at = text.index("[Лицо 1]")
    found = rules_around(text, "ru", [Span(at, at + 8)])
    assert [finding.span.of(text) for finding in found if finding.label is Label.CONTACT] == ["+7 700 000 00 01"]
    assert rules_around(text, "ru", []) == []


@given(st.text(st.characters(codec="utf-8"), max_size=120), st.integers(0, 120), st.integers(0, 40))
def test_rules_around_any_place_stay_inside_the_text(text: str, start: int, length: int) -> None:
    span = Span(min(start, len(text)), min(start + length, len(text)))
    assert all(finding.end <= len(text) for finding in rules_around(text, "mixed", [span]))


@given(st.text(st.characters(codec="utf-8"), max_size=80), st.text(st.characters(codec="utf-8"), max_size=80))
def test_a_name_is_found_between_any_two_texts(before: str, after: str) -> None:
    text = f"{before} Ойдантап {after}"
    assert any(hit.span.of(text).startswith("Ойдантап") for hit in names_of("Ойдантап").hits([text])[0])


def test_a_long_text_costs_by_its_distinct_words() -> None:
    """Counted, not timed: a text of 150,000 words asks for as many HMACs as it has forms."""
    asked: list[str] = []

    def mac(word: str) -> bytes:
        asked.append(word)
        return word.encode()

    names = KnownNames({b"nobody": frozenset()}, mac)
    names.hits(["судың жолы болмады " * 50_000])
    assert len(asked) < 30


# Forms that people fill -----------------------------------------------------------------------


def test_a_refusal_is_recorded_though_nothing_else_is_kept(home: Home, world: World) -> None:
    register(home, world)
    with pytest.raises(NamesSomebody) as caught, home.data.transaction() as db:
        leaks.refuse_names(db, access_of(db, world.study, world.coder), "memo", "Это же\nпро ойлапова!")
    assert (caught.value.params["line"], caught.value.params["word"]) == (2, 2)
    assert "йлапов" not in repr(caught.value) + str(caught.value) + str(caught.value.fields)
    with home.data.read() as db:
        entry = db.exec(select(AuditEntry).where(col(AuditEntry.act) == "names.refused")).one()
    assert (entry.actor_id, entry.object_id, entry.counts) == (world.coder.id, world.study.id, {"names": 1})


def test_whoever_tries_names_is_stopped_after_some(home: Home, world: World) -> None:
    register(home, world)

    def ask(text: str) -> None:
        with home.data.transaction() as db:
            leaks.refuse_names(db, access_of(db, world.study, world.coder), "memo", text)

    for _ in range(NAMES_TRIED.burst):
        with pytest.raises(NamesSomebody):
            ask(NAME)
    with pytest.raises(TooMany):
        ask("ни о ком")
    with home.data.transaction() as db:
        assert not limits.is_empty(db, NAMES_TRIED, str(world.pi.id))
        leaks.refuse_names(db, access_of(db, world.study, world.pi), "memo", "ни о ком")


def test_file_names_come_apart_where_words_were_written_together() -> None:
    names = names_of("Oydantap")
    for name in ("InterviewOydantap2022.docx", "oydantap_1.txt", "2022-Oydantap.docx"):
        assert places(names, [leaks.words_of_a_file_name(name)]), name


def test_the_check_needs_no_language_model() -> None:
    program = (
        "import sys; from qualcoder.anonymise import leaks; leaks.labels_by_rules('аким Ойдантапов'); "
        "print('spacy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
