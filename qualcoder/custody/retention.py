"""Which backups of a folder may go: names in, names out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.vault.backup import PART

_DATA = re.compile(r"qualcoder-data-([0-9a-f]{8})-(\d{8}T\d{6})Z\.age")
_KEYS = re.compile(r"qualcoder-keys-([0-9a-f]{8})-(\d{6,})\.age")
_TIME = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, weeks and months keep their newest backup."""

    days: int
    weeks: int
    months: int

    @classmethod
    def parse(cls, typed: str) -> Keep:
        """Read `7,5,12`."""
        parts = [part.strip() for part in typed.split(",")]
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or int(parts[0]) < 1:
            raise Invalid(N_("--keep takes days, weeks and months, such as 7,5,12, and at least one day."))
        return cls(*(int(part) for part in parts))


def _mark(house: UUID) -> str:
    # Homes that share a folder must not remove each other's backups.
    return house.hex[:8]


def name_of_backup(house: UUID, made_at: datetime) -> str:
    """A file name that sorts by time (UTC) and says whose it is."""
    return f"qualcoder-data-{_mark(house)}-{made_at.astimezone(UTC).strftime(_TIME)}Z.age"


def name_of_keys_copy(house: UUID, serial: int) -> str:
    """A file name that sorts by serial."""
    return f"qualcoder-keys-{_mark(house)}-{serial:06d}.age"


def _made_at(name: str, house: UUID) -> datetime | None:
    found = _DATA.fullmatch(name)
    if found is None or found[1] != _mark(house):
        return None
    try:
        return datetime.strptime(found[2], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def superfluous(names: Iterable[str], house: UUID, keep: Keep) -> list[str]:
    """Backups of this house that are not the newest of a day, week or month that is kept. Other names are not ours."""
    found = sorted(((at, name) for name in names if (at := _made_at(name, house)) is not None), reverse=True)
    periods: Sequence[tuple[int, Callable[[datetime], object]]] = (
        (keep.days, lambda at: at.date()),
        (keep.weeks, lambda at: at.isocalendar()[:2]),
        (keep.months, lambda at: (at.year, at.month)),
    )
    kept = {name for count, period in periods for name in _newest(found, count, period)}
    return [name for _at, name in reversed(found) if name not in kept]


def _newest(found: list[tuple[datetime, str]], count: int, period: Callable[[datetime], object]) -> list[str]:
    newest: dict[object, str] = {}
    for at, name in found:
        newest.setdefault(period(at), name)
    return list(newest.values())[:count]


def superfluous_keys(names: Iterable[str], house: UUID, generations: int = 2) -> list[str]:
    """Keys copies older than the newest ones. An old one would open what was withdrawn since."""
    found = [(int(match[2]), name) for name in names if (match := _KEYS.fullmatch(name)) and match[1] == _mark(house)]
    return [name for _serial, name in sorted(found)[:-generations]]


def unfinished(names: Iterable[str], house: UUID) -> list[str]:
    """What a killed backup of this house left in a folder. One is made at a time, so nobody is writing them."""
    found = [(name, name.removeprefix(".").removesuffix(PART)) for name in names if name.endswith(PART)]
    ours = [(name, _DATA.fullmatch(whole) or _KEYS.fullmatch(whole)) for name, whole in found]
    return [name for name, match in ours if match is not None and match[1] == _mark(house)]
