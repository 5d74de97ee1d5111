"""Training: corpora, invented sentences, the same files for the same data, nothing of the data in the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.features import Featurer
from qualcoder.anonymise.lexicon import flags, hashed
from qualcoder.anonymise.lexicon.skeletons import skeleton
from qualcoder.anonymise.training import corpora, trials
from qualcoder.anonymise.training.corpora import Example, Kind, entities
from qualcoder.anonymise.training.fitting import Settings, fit
from qualcoder.anonymise.training.invented_names import kazakh, russian
from qualcoder.anonymise.training.inventing import invent
from tests.anonymise.conftest import PLACES

LINES = (
    "AID7 O\nОйдантап B-PERSON\nСерік I-PERSON\nМысалауылға B-GPE\nкелді O\n. O\n\n"
    "BID7 O\nОйдантап B-PERSON\nкелді O\n\n"
    "AID8 O\n2021 B-DATE\nжылы I-DATE\n«Мысал B-ORGANISATION\nҚор» I-ORGANISATION\n\n"
)


@pytest.fixture
def read(tmp_path: Path) -> list[Example]:
    (tmp_path / "ner").mkdir()
    (tmp_path / "ner" / corpora.FILES["kk"][0]).write_text(LINES, "utf-8")
    return corpora.read(tmp_path, "kk")


def test_variants_of_a_sentence_are_one_group(read: list[Example]) -> None:
    assert [example.group for example in read] == ["7", "7", "8"]


def test_a_corpus_is_brought_to_our_words_and_kinds(read: list[Example]) -> None:
    first, _, third = read
    assert first.forms == ("Ойдантап", "Серік", "Мысалауылға", "келді", ".")
    assert list(entities(first.tags)) == [(0, 2, Kind.PERSON), (2, 3, Kind.PLACE)]
    assert third.forms == ("2021", "жылы", '"', "Мысал", "Қор", '"')
    assert list(entities(third.tags)) == [(2, 6, Kind.ORG)]
    assert third.named == ((2, 6, "ORGANISATION"),)


def test_no_group_teaches_and_tries(read: list[Example]) -> None:
    for fold in range(trials.FOLDS):
        taught, heard = trials.split(read, fold)
        assert not {e.group for e in taught} & {e.group for e in heard}
        assert len(taught) + len(heard) == len(read)


def test_documents_for_trial_point_at_their_names(read: list[Example]) -> None:
    (text,) = trials.documents("kk", read)
    assert [text.text[s.start : s.end] for s in text.spans] == [
        "Ойдантап Серік",
        "Мысалауылға",
        "Ойдантап",
        '" Мысал Қор "',
    ]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_invented_sentences_are_the_same_each_time(language: str) -> None:
    once = list(invent(language, 50, PLACES, 3))
    assert once == list(invent(language, 50, PLACES, 3))
    assert once != list(invent(language, 50, PLACES, 4))
    assert all(len(e.forms) == len(e.tags) for e in once)
    assert {kind for e in once for _, _, kind in entities(e.tags)} >= {Kind.PERSON}


@pytest.mark.parametrize(
    ("word", "case", "expected"),
    [
        ("Серік", "g", "Серіктің"), ("Айгүл", "d", "Айгүлге"), ("Нұрлан", "g", "Нұрланның"), ("Асқар", "i", "Асқармен"),
        ("Болат", "b", "Болаттан"), ("Дана", "a", "Дананы"), ("Ербол", "", "Ербол"), ("Еркін", "d", "Еркінге"),
    ],
)  # fmt: skip
def test_kazakh_endings_follow_the_vowels(word: str, case: str, expected: str) -> None:
    assert kazakh(word, case) == expected


def test_russian_cases_are_the_dictionarys() -> None:
    assert [russian("нурлан", case) for case in "gdail"] == ["нурлана", "нурлану", "нурлана", "нурланом", "нурлане"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Серікбаев", "Serikbayev"),
        ("Нұрлан", "Нурлан"),
        ("Қоянды", "Koyandy"),
        ("Жанар", "Zhanar"),
        ("Шыңғыс", "Shyngys"),
    ],
)
def test_spellings_of_a_name_share_a_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_fitting_twice_gives_the_same_bytes(small_models: Path, tmp_path: Path) -> None:
    examples = list(invent("kk", 60, PLACES, 1))
    for name in ("a", "b"):
        featurer = Featurer(flags.load(small_models / trained_models.LEXICON))
        fit(examples, featurer, tmp_path / name, Settings(iterations=5))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_no_word_of_the_data_stands_in_a_trained_file(small_models: Path) -> None:
    words = {form.lower() for e in invent("kk", 200, PLACES, 1) for form in e.forms if len(form) > 4}
    words |= {"мысалауыл", "выдумкино", skeleton("мысалауыл")}
    for path in small_models.iterdir():
        raw = path.read_bytes()
        assert [word for word in words if word.encode() in raw] == []


def test_the_lexicon_answers_what_was_written(tmp_path: Path) -> None:
    hashed.write(tmp_path / "lexicon.bin", {"first": ["oidantap"], "common_kk": ["=мектеп", "=oidantap"]})
    lists = hashed.read(tmp_path / "lexicon.bin")
    assert lists.bits_of("oidantap") == lists.bit("first")
    assert lists.bits_of("=мектеп") == lists.bit("common_kk")
    assert lists.bits_of("anything") == lists.bit("absent") == 0


def test_a_strange_file_is_no_lexicon(tmp_path: Path) -> None:
    (tmp_path / "lexicon.bin").write_text('{"format": "other"}\n')
    with pytest.raises(ValueError, match="lexicon"):
        hashed.read(tmp_path / "lexicon.bin")
