"""The server answers under its own names only, and people behind a proxy are told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qualcoder.core.errors import Invalid
from qualcoder.settings import Settings
from tests.homes import Browser


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
def test_a_foreign_name_is_refused(browser: Browser, host: str) -> None:
    answer = browser.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 421
    assert "evil" not in answer.text


def test_the_own_name_is_answered(browser: Browser) -> None:
    assert browser.get("/sign-in").status_code == 200


@pytest.mark.parametrize(
    ("url", "is_secure", "hosts"),
    [
        ("", False, {"127.0.0.1", "::1", "localhost"}),
        ("https://qualcoder.example/", True, {"127.0.0.1", "::1", "localhost", "qualcoder.example"}),
        ("http://qualcoder.example", False, {"127.0.0.1", "::1", "localhost", "qualcoder.example"}),
    ],
)
def test_a_public_address_decides_cookies_and_names(url: str, is_secure: bool, hosts: set[str]) -> None:
    settings = replace(Settings(), public_url=url).checked()
    assert settings.cookie_is_secure is is_secure
    assert settings.hosts == frozenset(hosts)


def test_half_an_address_is_refused() -> None:
    with pytest.raises(Invalid):
        replace(Settings(), public_url="qualcoder.example").checked()
