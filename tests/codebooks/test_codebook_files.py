"""Codebook files: what is read is whole and checked, what is refused is refused in one plain sentence."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from qualcoder.codebooks import files
from qualcoder.codebooks.files import Aliases, CodebookFile, CodeEntry, Localised, RetiredCode, Source, Texture
from qualcoder.codebooks.rules import FOLDER
from qualcoder.core.errors import Invalid

HEAD = "format: 1\nslug: probe\ntitle: {en: Probe, ru: Проба, kk: Сынама}\ncodes:\n"
ROAD = "- {code: ROAD, parent: null, stata: th_road, label: {en: Road, ru: Дорога, kk: Жол}}\n"
WATER = "- {code: WATER, parent: ROAD, stata: th_water, label: {en: Water, ru: Вода, kk: Су}}\n"
CSV_HEAD = "code,parent,stata,label_en,label_ru,label_kk\n"


@pytest.fixture(scope="module")
def akim() -> CodebookFile:
    return files.read_yaml(files.SHIPPED.read_bytes())


def test_the_shipped_codebook_has_49_codes_and_one_retired(akim: CodebookFile) -> None:
    assert len(akim.codes) == 49
    assert [old.code for old in akim.retired] == ["GK_NONE"]
    assert {code.code for code in akim.codes if not code.codable} == {"FACTOR", "VIEW", "PROC"}
    assert {code.code for code in akim.codes if code.risk} == {"RISK"}


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(json.loads((FOLDER / "schema.json").read_text(encoding="utf-8")))


def test_the_shipped_codebook_is_written_in_all_three_languages(akim: CodebookFile) -> None:
    for code in akim.codes:
        for words in (code.label, code.definition, code.include, code.exclude, code.example):
            assert words.en, code.code
            assert words.ru, code.code
            assert words.kk, code.code
            assert re.search("[А-я]", words.ru + words.kk), code.code
            assert not re.search("[әғқңөұүһі]", words.ru), f"Kazakh letters in the Russian text of {code.code}"


def test_the_shipped_codebook_stands_in_the_form_that_writing_gives(akim: CodebookFile) -> None:
    assert files.write_yaml(akim) == files.SHIPPED.read_bytes()


def test_a_theme_keeps_one_colour_and_its_first_four_codes_differ_in_texture(akim: CodebookFile) -> None:
    by_code = {code.code: code for code in akim.codes}
    for theme in [code for code in akim.codes if code.parent == "FACTOR"]:
        family = [theme, *(code for code in akim.codes if code.parent == theme.code)]
        assert {code.colour for code in family} == {theme.colour}
        assert len({code.texture for code in family[:4]}) == len(family[:4])
    for code in akim.codes:
        if code.parent is not None and by_code[code.parent].parent is not None:
            assert code.colour == by_code[code.parent].colour


def test_codes_named_in_a_not_when_line_exist(akim: CodebookFile) -> None:
    known = {code.code for code in akim.codes}
    for code in akim.codes:
        for words in (code.exclude.en, code.exclude.ru, code.exclude.kk):
            assert set(re.findall(r"\b[A-Z][A-Z_]{3,}\b", words)) <= known, code.code


def test_yaml_and_csv_give_back_what_was_written(akim: CodebookFile) -> None:
    assert files.read_yaml(files.write_yaml(akim)) == akim
    assert files.read_csv(files.write_csv(akim)).codes == akim.codes


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_with_the_columns_of_the_draft_is_read(delimiter: str) -> None:
    head = "code,parent,stata,label_en,label_ru,label_kk,definition,include,exclude,example_paraphrase,seed"
    rows = [head, "ROAD,,th_road,Road,Дорога,Жол,Roads,any road,,The road is broken,koyandy p. 9", "", *[","] * 2]
    rows.insert(2, "WATER,ROAD,th_water,Water,Вода,Су,Water,,,,")
    book = files.read_csv("\r\n".join(rows).replace(",", delimiter).encode())
    road, water = book.codes
    assert (road.definition.en, road.example.en, road.source) == ("Roads", "The road is broken", "koyandy p. 9")
    assert (road.codable, road.risk, road.colour, road.texture) == (True, False, 1, Texture.SOLID)
    assert (water.parent, water.label.kk) == ("ROAD", "Су")


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        ("название: Выборы".encode("cp1251"), "not in UTF-8"),
        (HEAD.encode("utf-16"), "NUL|UTF-8"),
        (b"format: 1\0", "NUL"),
        (b"x" * (files.MAX_BYTES + 1), "larger than 4 MB"),
        (b"- just\n- a list\n", "head"),
        (b"# a comment\n", "head"),
        (HEAD.replace("probe", "Пробa!").encode() + ROAD.encode(), "“slug”"),
        (HEAD.encode(), "“codes”"),
        (b"format: [1\nslug: x", "can't be read as YAML"),
        (b"format: 2001-99-99", "can't be read as YAML"),
        (b"[" * 5000, "can't be read as YAML"),
        (b"format: \x01", "can't be read as YAML"),
        (b"format: !!python/object/apply:os.system ['true']", "Line 1: tags"),
        (b"format: !!int '1'", "Line 1: tags"),
        (b"a: &a [x]\nb: [*a, *a]", "Line 1: tags"),
        (b"format: 1\nformat: 1", "twice"),
        (b"a: 1\n---\nb: 1", "can't be read as YAML"),
    ],
)
def test_a_file_that_is_no_codebook_is_refused(raw: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        files.read_yaml(raw)


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (
            ROAD + WATER.replace("parent: ROAD", "parent: BRIDGE"),
            "Line 6: the parent of code WATER is not in the file.",
        ),
        (ROAD + ROAD, "Line 6: code ROAD stands in the file twice."),
        (ROAD.replace("null", "WATER") + WATER, "Line 5: code ROAD stands below itself."),
        (ROAD.replace("null", "ROAD"), "Line 5: code ROAD stands below itself."),
        (ROAD + WATER.replace("{en: Water, ru: Вода, kk: Су}", "{}"), "Line 6, code WATER: it needs a label"),
        (ROAD.replace("{en: Road, ru: Дорога, kk: Жол}", "{ru: ' '}"), "Line 5, code ROAD: it needs a label"),
        (ROAD.replace("}}", "}, colour: 13}"), "Line 5, code ROAD: the colour is a whole number from 1 to 12."),
        (ROAD.replace("}}", "}, colour: red}"), "Line 5, code ROAD: the colour"),
        (ROAD.replace("}}", "}, texture: plaid}"), "“texture”"),
        (ROAD.replace("}}", "}, codable: maybe}"), "“codable”"),
        (ROAD.replace("}}", "}, Тайна: 1}"), "Line 5, code ROAD: there is a field that codebooks do not have."),
        (ROAD.replace("th_road", "1road"), "“stata”"),
        (ROAD.replace("th_road", "using"), "Stata name is reserved"),
        (ROAD + WATER.replace("th_water", "TH_ROAD"), "Line 6, code WATER: its Stata name"),
        (ROAD.replace("code: ROAD, ", ""), "Line 5: a code is written in capital letters"),
        (ROAD.replace("ROAD", "Мария"), "Line 5: a code is written in capital letters"),
        ("- Мария\n", "Line 5: this is not a code"),
        (ROAD + "retired:\n- {code: ROAD, reason: {en: Gone}}\n", "Line 5: code ROAD is retired"),
        (ROAD.replace("Дорога", '"\\uD800"'), "control characters"),
    ],
)
def test_a_wrong_code_is_named_with_its_line(codes: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        files.read_yaml((HEAD + codes).encode())
    assert sentence in str(refusal.value)
    assert not re.search("Мария|Тайна|plaid|maybe|1road|: red", str(refusal.value)), "content of the file is echoed"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("code,parent,stata,label_en,label_ru\n", "“label_kk” is missing"),
        (CSV_HEAD.strip() + ",colour,color\n", "Column 8 is not one"),
        (CSV_HEAD.strip() + ",code\n", "Column 7 is not one"),
        (CSV_HEAD, "“codes”"),
        (CSV_HEAD + "ROAD,,th_road,Road,Дорога,Жол,more\n", "Line 2 has more cells"),
        (CSV_HEAD + '"ROAD,,th_road\n', "Line 2 can't be read as CSV"),
        (CSV_HEAD + "\nROAD,BRIDGE,th_road,Road,Дорога,Жол\n", "Line 3: the parent of code ROAD is not"),
        (CSV_HEAD + "ROAD,,th_road,,,\n", "Line 2, code ROAD: it needs a label"),
        (CSV_HEAD.strip() + ",colour\nROAD,,th_road,Road,Дорога,Жол,²\n", "the colour"),
        (CSV_HEAD.strip() + ",codable\nROAD,,th_road,Road,Дорога,Жол,perhaps\n", "“codable”"),
    ],
)
def test_a_wrong_csv_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=re.escape(sentence)):
        files.read_csv(text.encode())


def test_a_cell_that_looks_like_a_formula_is_harmless_in_a_spreadsheet_and_survives() -> None:
    book = _book_of(Localised("=1+1", "-дорога", "'@жол"))
    text = files.write_csv(book).decode("utf-8-sig")
    assert not re.search(r"(^|,)\"?[=+\-@]", text, re.MULTILINE)
    assert files.read_csv(text.encode()).codes == book.codes


def test_words_are_found_in_the_wanted_language_or_the_next_best() -> None:
    assert Localised("Road", "Дорога", "Жол").in_language("kk") == "Жол"
    assert Localised("Road", "", "").in_language("kk") == "Road"
    assert Localised("", "", "Жол").in_language("ru") == "Жол"


def _book_of(definition: Localised) -> CodebookFile:
    label = Localised("Road", "Дорога", "Жол")
    code = CodeEntry(code="ROAD", parent=None, stata="th_road", label=label, definition=definition)
    return CodebookFile(slug="probe", title=Localised("Probe", "Проба", "Сынама"), codes=(code,))


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


LETTERS = "aZ09 -=+@'\"#:;,|>&*!%{}[]\\ÄйёәғқңөұүһіӘІ🗳\ufeff\u200b\u0301\u2028"
TEXT = st.text(LETTERS, max_size=12).map(_tidy)
LOCALISED = st.builds(Localised, TEXT, TEXT, TEXT)
LABEL = st.builds(Localised, *[TEXT.filter(bool)] * 3)
WORDS = st.lists(TEXT.map(lambda word: _tidy(word.replace(";", ""))).filter(bool), max_size=3, unique=True).map(tuple)


@st.composite
def books(draw: st.DrawFn) -> CodebookFile:
    keys = draw(st.lists(st.from_regex(r"[A-Z][A-Z0-9_]{0,5}", fullmatch=True), min_size=1, max_size=5, unique=True))
    codes = [
        CodeEntry(
            code=key,
            parent=draw(st.sampled_from([None, *keys[:number]])),
            stata=f"th_{number}",
            label=draw(LABEL),
            definition=draw(LOCALISED),
            include=draw(LOCALISED),
            exclude=draw(LOCALISED),
            example=draw(LOCALISED),
            aliases=draw(st.builds(Aliases, WORDS, WORDS, WORDS)),
            codable=draw(st.booleans()),
            risk=draw(st.booleans()),
            colour=draw(st.integers(1, 12)),
            texture=draw(st.sampled_from(Texture)),
            source=draw(TEXT),
        )
        for number, key in enumerate(keys)
    ]
    return CodebookFile(
        slug="probe",
        title=draw(LABEL),
        licence=draw(TEXT),
        sources=tuple(draw(st.lists(st.builds(Source, st.just("paper"), TEXT.filter(bool)), max_size=2))),
        retired=tuple(draw(st.lists(st.builds(RetiredCode, st.just("ZZ_GONE"), LOCALISED), max_size=1))),
        codes=tuple(draw(st.permutations(codes))),
    )


@settings(deadline=None)
@given(books())
def test_any_book_survives_both_formats(book: CodebookFile) -> None:
    assert files.read_yaml(files.write_yaml(book)) == book
    assert files.read_csv(files.write_csv(book)).codes == book.codes


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_book_or_a_refusal(raw: bytes) -> None:
    for read in (files.read_yaml, files.read_csv):
        with pytest.raises(Invalid):
            read(raw)


@settings(deadline=None)
@given(st.text("code:parntslbe-{}[]!&*<>|?'\"#%@`0_.,+\n\t ", max_size=80))
def test_anything_like_yaml_gives_a_refusal(text: str) -> None:
    with pytest.raises(Invalid):
        files.read_yaml(text.encode())
