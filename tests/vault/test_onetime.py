"""One-time codes: those of RFC 6238, near the present, each later than the last."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcoder.vault import onetime, slots

RFC_SECRET = b"12345678901234567890"
# The last six of the eight digits in RFC 6238, appendix B.
RFC = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "code"), RFC)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    step = onetime.step_of(at(seconds))
    assert onetime.code_at(RFC_SECRET, step) == code
    assert onetime.matching_step(RFC_SECRET, code, at(seconds)) == step


@pytest.mark.parametrize(("steps_away", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(steps_away: int, *, is_taken: bool) -> None:
    moment = at(1234567890)
    step = onetime.step_of(moment) + steps_away
    found = onetime.matching_step(RFC_SECRET, onetime.code_at(RFC_SECRET, step), moment)
    assert found == (step if is_taken else None)


@pytest.mark.parametrize(("after", "is_taken"), [(None, True), (-1, True), (0, False), (1, False)])
def test_a_step_is_later_than_the_last_one_used(after: int | None, *, is_taken: bool) -> None:
    moment = at(1234567890)
    step = onetime.step_of(moment)
    last = None if after is None else step + after
    found = onetime.matching_step(RFC_SECRET, onetime.code_at(RFC_SECRET, step), moment, after=last)
    assert (found is not None) is is_taken


@pytest.mark.parametrize("typed", ["005 924", " 005924 ", "005\u00a0924"])
def test_spaces_in_a_code_do_not_matter(typed: str) -> None:
    assert onetime.matching_step(RFC_SECRET, typed, at(1234567890))


@pytest.mark.parametrize(
    "typed", ["", "5924", "05924", "0005924", "00592a", "٠٠٥٩٢٤", "００５９２４", "-05924", "005-924"]
)
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    assert onetime.matching_step(RFC_SECRET, typed, at(1234567890)) is None


@given(st.binary(min_size=onetime.SECRET_BYTES, max_size=onetime.SECRET_BYTES))
def test_a_secret_is_spelled_and_read_again(secret: bytes) -> None:
    text = onetime.spelled(secret)
    assert len(text) == 32
    assert onetime.unspelled(text) == secret
    assert f"secret={text}" in onetime.uri(secret, "ойдантап@example.org", "Qualcoder")


def test_an_address_for_apps_names_the_account_and_how_codes_are_made() -> None:
    assert onetime.uri(RFC_SECRET, "oydantap@example.org", "Qualcoder") == (
        "otpauth://totp/Qualcoder:oydantap%40example.org"
        "?digits=6&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&issuer=Qualcoder&period=30"
    )


def test_recovery_codes_differ_and_are_read_however_they_are_typed() -> None:
    codes = {onetime.new_recovery_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        typed = code.lower().replace("-", " ").replace("o", "0").replace("i", "1")
        assert slots.normal_code(typed) == slots.normal_code(code)
        assert onetime.is_recovery_code(slots.normal_code(code))


@pytest.mark.parametrize("normal", ["", "005924", "A" * 11, "A" * 13, "AAAABBBBCCC9", "ААААББББВВВВ"])
def test_other_words_are_no_recovery_codes(normal: str) -> None:
    assert not onetime.is_recovery_code(normal)
