"""Settings come from QUALCODER_*; a wrong value is refused by the name of its variable."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from qualcoder.core.errors import Invalid
from qualcoder.settings import Settings


def test_without_variables_the_home_is_var_and_serves_this_machine() -> None:
    settings = Settings.from_environment({"PATH": "/bin"}).checked()
    assert settings == Settings()
    assert settings.home == Path("var")
    assert settings.is_loopback
    assert settings.data_database.startswith("sqlite:///")
    assert settings.data_database != settings.keys_database


@pytest.mark.parametrize(
    ("name", "raw", "field", "value"),
    [
        ("QUALCODER_HOME", "/srv/қала", "home", Path("/srv/қала")),
        ("QUALCODER_PORT", "9000", "port", 9000),
        ("QUALCODER_DEMO", "1", "demo", True),
        ("QUALCODER_DEMO", "0", "demo", False),
        ("QUALCODER_HOST", "0.0.0.0", "host", "0.0.0.0"),  # noqa: S104  # read, not bound
        ("QUALCODER_PASSPHRASE_MEMORY_MIB", "512", "passphrase_memory_mib", 512),
        ("QUALCODER_SQLITE_JOURNAL", "delete", "sqlite_journal", "delete"),
        ("QUALCODER_KEYFILE", "", "keyfile", ""),
    ],
)
def test_a_variable_sets_its_field(name: str, raw: str, field: str, value: object) -> None:
    assert getattr(Settings.from_environment({name: raw}), field) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("QUALCODER_PORT", "eighty"),
        ("QUALCODER_PORT", "-1"),
        ("QUALCODER_PORT", "٨٠"),
        ("QUALCODER_DEMO", "yes"),
        ("QUALCODER_INSECURE_HTTP", "true"),
        ("QUALCODER_MAX_UPLOAD_MB", "1.5"),
    ],
)
def test_a_wrong_value_is_refused_and_named(name: str, raw: str) -> None:
    with pytest.raises(Invalid) as caught:
        Settings.from_environment({name: raw})
    assert name in str(caught.value)
    assert raw not in str(caught.value)


def test_settings_do_not_change_once_read() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]  # this is what is refused


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org", "::"])  # noqa: S104  # refused, not bound
def test_a_demo_serves_this_machine_only(host: str) -> None:
    with pytest.raises(Invalid):
        Settings(demo=True, host=host).checked()


def test_postgresql_keeps_keys_in_a_database_of_their_own() -> None:
    with pytest.raises(Invalid):
        Settings(database_url="postgresql+psycopg://a@/data").checked()
    Settings(database_url="postgresql+psycopg://a@/data", keys_url="postgresql+psycopg://a@/keys").checked()


@pytest.mark.parametrize(
    ("settings", "is_secure"),
    [
        (Settings(), False),
        (Settings(host="localhost"), False),
        (Settings(host="10.0.0.5"), True),
        (Settings(host="10.0.0.5", insecure_http=True), False),
    ],
)
def test_cookies_travel_over_tls_except_on_this_machine(settings: Settings, *, is_secure: bool) -> None:
    assert settings.cookie_is_secure is is_secure


def test_every_field_has_a_type_that_can_be_read() -> None:
    assert {str(field.type) for field in fields(Settings)} <= {"str", "int", "bool", "Path"}
