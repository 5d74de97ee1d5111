"""Bytes of people's files become the right letters, or are refused."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.core import decoding
from qualcoder.core.decoding import decode
from qualcoder.core.errors import Invalid

RU = "Интервьюер: Расскажите — кто был на «участке» № 7?\r\nРеспондент: Приехал аким, ёлки… да."
KK = "Сұхбаткер: Ауылда қанша адам тұрады, әке?\nЖауап беруші: Өзіміз де білмейміз, үш жүз шығар 😀"
KK_PLAIN = "Сураушы: Бул ауылда канша адам турады?\nЖауап: Биз де билмеймиз, уш жуз шыгар, коп емес."
KK_NO_EMOJI = KK.replace(" 😀", "")
EN = "Interviewer: Who won — the ‘incumbent’?\r\nRespondent: He did… 43.8 %, they say."

UNICODE = ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"]
MARKS = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


@pytest.mark.parametrize("text", [RU, KK, KK_PLAIN, EN], ids=["ru", "kk", "kk-plain", "en"])
@pytest.mark.parametrize("encoding", UNICODE)
def test_unicode_files_are_read_with_and_without_a_mark(text: str, encoding: str) -> None:
    found = decode(text.encode(encoding))
    assert (found.text, found.encoding) == (text, encoding)
    if encoding in MARKS:
        assert decode(MARKS[encoding] + text.encode(encoding)) == found


@pytest.mark.parametrize(
    ("text", "written_in", "read_as"),
    [
        (RU, "cp1251", "cp1251"),
        (KK_PLAIN, "cp1251", "cp1251"),
        (EN, "cp1251", "cp1251"),
        (KK_NO_EMOJI, "kz1048", "kz1048"),
    ],
)
def test_windows_cyrillic_files_are_read(text: str, written_in: str, read_as: str) -> None:
    found = decode(text.encode(written_in))
    assert (found.text, found.encoding) == (text, read_as)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Расскажите, кто был на участке? Приехал аким, все были.", "koi8-r"),
        ("РАССКАЖИТЕ, КТО БЫЛ НА УЧАСТКЕ? ПРИЕХАЛ АКИМ.", "koi8-r"),
        ("Расскажите, кто был на участке?", "cp866"),
        ("Расскажите, кто был на участке?", "iso8859-5"),
        ("Расскажите, кто был на участке?", "mac-cyrillic"),
        ("Le maire a été élu hier à la mairie.", "latin-1"),
        ("Der Bürgermeister wählte grün.", "cp1252"),
        (RU, "utf-32"),
    ],
)
def test_other_alphabets_are_refused_rather_than_misread(text: str, encoding: str) -> None:
    with pytest.raises(Invalid) as refusal:
        decode(text.encode(encoding))
    assert refusal.value.status == 415
    assert "Расск" not in str(refusal.value)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 422),
        (b" \r\n\t ", 422),
        (b"abc\x00def", 415),
        (b"\x00\x01\x02\x03" * 50, 415),
        ("с нулём\x00 внутри".encode(), 415),
        ("mark \x00 inside".encode("utf-16"), 415),
        (codecs.BOM_UTF16_LE + b"odd", 415),
        (b"\x98\x98\x98", 415),
        (bytes(range(1, 256)), 415),
    ],
)
def test_what_is_not_text_is_refused(raw: bytes, status: int) -> None:
    with pytest.raises(Invalid) as refusal:
        decode(raw)
    assert refusal.value.status == status


def test_a_file_above_the_limit_is_refused_by_size() -> None:
    with pytest.raises(Invalid) as refusal:
        decode(b"a" * (decoding.MAX_BYTES + 1))
    assert refusal.value.status == 413


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1))
def test_any_utf8_text_comes_back_unchanged(text: str) -> None:
    if text.strip(" \t\r\n\v\f") and not text.startswith("\ufeff"):
        assert decode(text.encode()).text == text


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_refusal(raw: bytes) -> None:
    try:
        found = decode(raw)
    except Invalid:
        return
    assert "\x00" not in found.text
