"""A sealed value opens with its own key, in its own place, unaltered, or not at all."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.core.ids import ZERO
from qualcoder.vault import aead

KEY = bytes(range(32))
STUDY = UUID("11111111-2222-4333-8444-555555555555")
ROW = UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
PLACE = aead.Binding(0x0404, STUDY, ROW, 2)
SPOKEN = "Мысалауыл әкімі Ойдантап was elected 🗳"
SEALED = aead.seal(KEY, 3, SPOKEN.encode(), PLACE)


@pytest.mark.parametrize("text", ["", "a", "Өңірдегі сайлау", "е\u0308лка и й", "👩‍🌾🗳", "x" * 100_000])
def test_what_is_sealed_opens_again(text: str) -> None:
    blob = aead.seal(KEY, 3, text.encode(), PLACE)
    assert aead.open_(KEY, blob, PLACE).decode() == text


@given(st.binary(max_size=300), st.integers(0, 2**32 - 1), st.integers(0, 2**63))
def test_any_bytes_of_any_generation_open_again(content: bytes, generation: int, rev: int) -> None:
    place = replace(PLACE, sealed_rev=rev)
    blob = aead.seal(KEY, generation, content, place)
    assert aead.read_header(blob) == (aead.AES_256_GCM, generation)
    assert aead.open_(KEY, blob, place) == content


@pytest.mark.parametrize("position", range(len(SEALED)))
@pytest.mark.parametrize("bit", [0x01, 0x80])
def test_a_flipped_bit_anywhere_is_noticed(position: int, bit: int) -> None:
    altered = bytearray(SEALED)
    altered[position] ^= bit
    with pytest.raises(aead.CannotOpen):
        aead.open_(KEY, bytes(altered), PLACE)


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_a_cut_is_noticed(length: int) -> None:
    with pytest.raises(aead.CannotOpen):
        aead.open_(KEY, SEALED[:length], PLACE)


def test_an_addition_is_noticed() -> None:
    with pytest.raises(aead.CannotOpen):
        aead.open_(KEY, SEALED + b"\0", PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, row=UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeef")),
        replace(PLACE, field=0x0403),
        replace(PLACE, study=ZERO),
        replace(PLACE, sealed_rev=1),
        replace(PLACE, sealed_rev=3),
        replace(PLACE, tail=b"\0"),
        replace(PLACE, study=ROW, row=STUDY),
    ],
    ids=["row", "field", "study", "older sealing", "newer sealing", "tail", "study and row exchanged"],
)
def test_a_value_that_was_moved_does_not_open(elsewhere: aead.Binding) -> None:
    with pytest.raises(aead.CannotOpen):
        aead.open_(KEY, SEALED, elsewhere)


def test_another_generation_in_the_header_does_not_open() -> None:
    head = aead.header(aead.AES_256_GCM, 4)
    with pytest.raises(aead.CannotOpen):
        aead.open_(KEY, head + SEALED[len(head) :], PLACE)


def test_another_key_does_not_open() -> None:
    with pytest.raises(aead.CannotOpen):
        aead.open_(KEY[::-1], SEALED, PLACE)


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    blobs = {aead.seal(KEY, 1, b"same", PLACE) for _ in range(200)}
    assert len(blobs) == len({blob[7:19] for blob in blobs}) == 200


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError):
        aead.seal(b"k" * length, 1, b"", PLACE)


@given(st.binary(max_size=80))
def test_bytes_that_nobody_sealed_never_crash(rubbish: bytes) -> None:
    with pytest.raises(aead.CannotOpen):
        aead.open_(KEY, rubbish, PLACE)


def test_a_refusal_tells_nothing() -> None:
    with pytest.raises(aead.CannotOpen) as caught:
        aead.open_(KEY[::-1], SEALED, PLACE)
    assert str(caught.value) == ""
    assert caught.value.__cause__ is None
    assert "Ойдантап" not in repr(caught.value)


@given(st.binary(max_size=80), st.integers(0, 2**32 - 1), st.integers(0, 2**63), st.uuids())
def test_opening_in_bulk_is_the_same_check(content: bytes, generation: int, rev: int, row: UUID) -> None:
    place = replace(PLACE, row=row, sealed_rev=rev)
    blob = aead.seal(KEY, generation, content, place)
    bulk = aead.BulkOpener(KEY, generation, place.field, place.study)
    assert bulk(row.bytes, rev, blob) == content
    wrong = (
        (ROW.bytes, rev, blob),
        (row.bytes, rev + 1, blob),
        (row.bytes, rev, blob[:-1]),
        (row.bytes, rev, blob[:20]),
        (row.bytes, rev, blob[:-1] + bytes([blob[-1] ^ 1])),
    )
    for row_id, sealed_rev, altered in wrong[row == ROW :]:
        with pytest.raises(aead.CannotOpen):
            bulk(row_id, sealed_rev, altered)
    for other in (
        aead.BulkOpener(KEY, generation, place.field + 1, place.study),
        aead.BulkOpener(KEY, generation, place.field, ROW),
        aead.BulkOpener(KEY[::-1], generation, place.field, place.study),
    ):
        with pytest.raises(aead.CannotOpen):
            other(row.bytes, rev, blob)
