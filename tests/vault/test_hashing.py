"""Passwords and tokens: slow where people choose, exact where machines do."""

from __future__ import annotations

import pytest

from qualcoder.vault import hashing
from tests.homes import CHEAP_MIB


@pytest.mark.parametrize("password", ["correct horse battery", "құпия сөз тіркесі осы", "пароль из нескольких слов 🗳"])
def test_a_password_is_verified(password: str) -> None:
    stored = hashing.hash_password(password, memory_mib=CHEAP_MIB)
    assert stored.startswith("$argon2id$v=19$")
    assert password not in stored
    assert hashing.verify_password(password, stored)
    assert not hashing.verify_password(password + " ", stored)
    assert not hashing.verify_password("", stored)


def test_equal_passwords_are_stored_differently() -> None:
    made = {hashing.hash_password("the very same words", memory_mib=CHEAP_MIB) for _ in range(3)}
    assert len(made) == 3


def test_an_over_long_password_is_refused_before_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_values: object) -> None:
        raise AssertionError("Argon2id was asked")

    monkeypatch.setattr(hashing, "Argon2id", never)
    assert not hashing.verify_password("x" * (hashing.MAX_PASSWORD + 1), "$argon2id$anything")


def test_tokens_have_256_bits_and_differ() -> None:
    tokens = {hashing.new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(len(token) == 43 for token in tokens)


def test_one_sessions_form_token_does_not_fit_another() -> None:
    assert hashing.csrf_token("session one") != hashing.csrf_token("session two")


def test_parts_can_not_be_moved_across_their_borders() -> None:
    key = b"k" * 32
    assert hashing.mac(key, b"ab", b"c") != hashing.mac(key, b"a", b"bc") != hashing.mac(key, b"abc")


def test_a_password_is_the_same_however_its_letters_are_composed() -> None:
    composed, decomposed = "Ұзын құпиясөз й ё", "Ұзын құпиясөз и\u0306 е\u0308"
    assert hashing.verify_password(decomposed, hashing.hash_password(composed, memory_mib=8))
