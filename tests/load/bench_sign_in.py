"""How long a wrong sign-in takes for an address that is known and for one that is not.

python -m tests.load.bench_sign_in [tries]    prints medians and their difference; the aim is within 5 %
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlmodel import delete

from qualcoder.accounts.models import RateLimit
from qualcoder.home import Home
from tests import homes
from tests.homes import Backend, Browser

TRIES = 200
WITHIN = 0.05
KNOWN, UNKNOWN = "known@example.org", "unknown@example.org"


def wrong_sign_in(home: Home, browser: Browser, email: str) -> float:
    """Milliseconds of one refused try. The limits are emptied before, so that it is not refused for its number."""
    with home.data.transaction() as db:
        db.execute(delete(RateLimit))
    start = time.perf_counter()
    answer = browser.post("/sign-in", data={"email": email, "password": "not the password at all"})
    passed = (time.perf_counter() - start) * 1000
    assert answer.status_code == 422
    return passed


def measure(home: Home, tries: int) -> dict[str, list[float]]:
    """Known and unknown in turn, in changing order, so that a busy machine slows both alike."""
    for email in (KNOWN, f"{KNOWN}.kz"):
        person = homes.make_person(home, email, "Known Oydantap", homes.PASSWORD)
        homes.give_factor(home, person)
    browser = homes.client(home)
    found: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for n in range(tries + 10):
        for email in (KNOWN, UNKNOWN) if n % 2 else (UNKNOWN, KNOWN):
            passed = wrong_sign_in(home, browser, email)
            if n >= 10:
                found[email].append(passed)
    return found


def report(found: Mapping[str, Sequence[float]]) -> float:
    """Print the figures; returns by how much the medians differ, as a share of the smaller."""
    medians = {name: statistics.median(times) for name, times in found.items()}
    for name, times in found.items():
        quarters = statistics.quantiles(times, n=4)
        sys.stdout.write(
            f"{name:22} n {len(times):4}  median {medians[name]:7.2f} ms  "
            f"quartiles {quarters[0]:.2f}–{quarters[2]:.2f} ms\n"
        )
    apart = abs(medians[KNOWN] - medians[UNKNOWN]) / min(medians.values())
    sys.stdout.write(f"medians differ by {apart:.2%} (aim: {WITHIN:.0%})\n")
    return apart


def main(arguments: list[str]) -> int:
    tries = int(arguments[0]) if arguments else TRIES
    with tempfile.TemporaryDirectory() as folder:
        template = homes.make_template(Backend.WAL, Path(folder) / "template")
        with homes.copied(template, Path(folder) / "home") as home:
            return 0 if report(measure(home, tries)) <= WITHIN else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
