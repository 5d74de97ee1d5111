"""Everything that can be set from outside, in one frozen record.

Each field is read from the environment variable QUALCODER_<FIELD NAME>; the README lists them (a test compares).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the home is, which databases, how the server listens."""

    home: Path = Path("var")
    database_url: str = ""
    keys_url: str = ""
    sqlite_journal: str = "wal"
    host: str = "127.0.0.1"
    port: int = 8765
    public_url: str = ""
    keyfile: str = ""
    passphrase_file: str = ""
    passphrase_memory_mib: int = 256
    password_memory_mib: int = 64
    max_upload_mb: int = 50
    api_per_minute: int = 600
    search_memory_mb: int = 256
    demo: bool = False
    insecure_http: bool = False
    stay_sealed: bool = False

    @property
    def data_database(self) -> str:
        return self.database_url or f"sqlite:///{self.home.absolute() / 'data.db'}"

    @property
    def keys_database(self) -> str:
        return self.keys_url or f"sqlite:///{self.home.absolute() / 'keys.db'}"

    @property
    def queue_file(self) -> Path:
        return self.home / "queue.db"

    @property
    def socket_file(self) -> Path:
        return self.home / "vault.sock"

    @property
    def search_socket(self) -> Path:
        return self.home / "search.sock"

    @property
    def is_loopback(self) -> bool:
        return self.host in LOOPBACK

    @property
    def cookie_is_secure(self) -> bool:
        """Plain http is spoken to this machine only; anywhere else a cookie travels over TLS."""
        if self.public_url:
            return self.public_url.startswith("https://")
        return not self.is_loopback and not self.insecure_http

    @property
    def address(self) -> str:
        """The address that people type, without a slash at its end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def hosts(self) -> frozenset[str] | None:
        """Names under which the server answers, None for any (no public address set and not only this machine)."""
        if not self.public_url and not self.is_loopback:
            return None
        named = urlsplit(self.public_url).hostname
        return LOOPBACK | ({named} if named else frozenset())

    def checked(self) -> Settings:
        """These settings, or a refusal to start with them."""
        if self.demo and not self.is_loopback:
            raise Invalid(N_("The demo opens without a second factor, so it serves this machine only: use 127.0.0.1."))
        if self.database_url and not self.database_url.startswith("sqlite") and not self.keys_url:
            raise Invalid(N_("With QUALCODER_DATABASE_URL set, set QUALCODER_KEYS_URL to a database of its own."))
        if self.public_url and not urlsplit(self.public_url).hostname:
            raise Invalid(N_("QUALCODER_PUBLIC_URL must be a whole address, such as https://qualcoder.example."))
        return self

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read QUALCODER_*; a wrong value is refused, naming the variable. Names of others are passed over."""
        known = {f"QUALCODER_{field.name.upper()}": field for field in fields(cls)}
        given: dict[str, object] = {}
        for name, raw in environment.items():
            field = known.get(name)
            if field is None or raw == "":
                continue
            given[field.name] = _parse(name, str(field.type), raw)
        return replace(cls(), **given)  # type: ignore[arg-type]  # parsed by the field's own type above


def _parse(name: str, kind: str, raw: str) -> object:
    if kind == "int":
        if not raw.isascii() or not raw.isdigit():
            raise Invalid(N_("%(name)s must be a whole number."), name=name)
        return int(raw)
    if kind == "bool":
        if raw not in {"0", "1"}:
            raise Invalid(N_("%(name)s must be 0 or 1."), name=name)
        return raw == "1"
    return Path(raw) if kind == "Path" else raw
