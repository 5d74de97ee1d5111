"""`bench seed`: a home with as much invented material as wanted, sealed like any other."""

from __future__ import annotations

import csv
import io
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from qualcoder.accounts import people, tokens
from qualcoder.accounts import service as accounts
from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.models import Membership, Person, Role, Study
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks import service as codebooks
from qualcoder.codebooks.book import CodebookFile, CodeEntry, Localised
from qualcoder.codebooks.queries import codes_of
from qualcoder.commands import invented, shared
from qualcoder.commands.house import create_house
from qualcoder.commands.seeding import Field, Seeder
from qualcoder.commands.shared import HomeOption, JsonOption, say, say_json
from qualcoder.core.clock import now
from qualcoder.core.errors import Invalid
from qualcoder.core.ids import RoundId
from qualcoder.core.messages import N_
from qualcoder.home import Home, open_home, require_current, unseal_unattended
from qualcoder.races import service as races
from qualcoder.races.queries import round_ids, round_keys
from qualcoder.vault import identity, slots
from qualcoder.vault.models import SlotKind

bench_app = typer.Typer(no_args_is_help=True, help="Invented material for measuring.")

CAST = (Role.PI, Role.RESEARCHER, Role.CODER, Role.CODER, Role.CODER, Role.CODER)
KEYFILE = "bench.key"
BATCH_WORDS = 60_000
OBLASTS = (("Akmola", "KZ-11"), ("North Kazakhstan", "KZ-59"), ("Abai", "KZ-10"))


@dataclass(frozen=True, slots=True)
class Size:
    """How much is wanted: words are those of one interview, the rest is counted over the study."""

    interviews: int
    words: int
    codings: int
    codes: int
    races: int
    seed: int


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was made, and how long it took."""

    slug: str
    rows: int
    seconds: float
    tokens: dict[str, str]


@bench_app.command("seed")
def bench_seed(
    home: HomeOption = None,
    interviews: Annotated[int, typer.Option(min=0, help="Interviews, each with a released transcript.")] = 10,
    words: Annotated[int, typer.Option(min=1, max=500_000, help="Words of one interview.")] = 1000,
    codings: Annotated[int, typer.Option(min=0, help="Codings in all, by four coders.")] = 100,
    codes: Annotated[int, typer.Option(min=1, max=2000, help="Codes of the codebook.")] = 40,
    races: Annotated[int, typer.Option(min=0, max=20_000, help="Races of the record.")] = 50,
    seed: Annotated[int, typer.Option(help="The same seed makes the same texts.")] = 1,
    study: Annotated[str, typer.Option(help="Short name of the study to make.")] = "bench",
    as_json: JsonOption = False,
) -> None:
    """Make a study of invented interviews and codings. A folder without a home becomes one, opened by a keyfile."""
    if codings and not interviews:
        raise Invalid(N_("Codings need interviews to stand in."))
    found, keyfile = _home(home)
    try:
        made = fill(found, study, Size(interviews, words, codings, codes, races, seed))
    finally:
        found.close()
    if as_json:
        answer = {"study": made.slug, "rows": made.rows, "seconds": made.seconds, "tokens": made.tokens}
        say_json({**answer, "keyfile": keyfile})
        return
    say(f"{made.slug}: {made.rows} rows in {made.seconds} s, {round(made.rows / max(made.seconds, 0.001))} rows/s.")
    if keyfile is not None:
        say(f"Opened by QUALCODER_KEYFILE={keyfile}")
    for email, token in made.tokens.items():
        say(f"{email}\t{token}")


def _home(folder: Path | None) -> tuple[Home, Path | None]:
    """The home, made if there is none; the keyfile where it was made here."""
    settings = shared.settings_for(folder)
    keyfile = settings.home / KEYFILE
    is_new = not settings.database_url and not (settings.home / "data.db").exists()
    found = open_home(settings)
    if is_new:
        path = Path(settings.keyfile) if settings.keyfile else keyfile
        secret = slots.read_keyfile(path) if path.exists() else slots.write_keyfile(path)
        recovery = slots.normal_code(slots.new_recovery_code()).encode()
        create_house(found, [(SlotKind.KEYFILE, secret), (SlotKind.RECOVERY, recovery)])
    require_current(found)
    if found.keyring.is_sealed and keyfile.exists() and not settings.keyfile:
        found.keyring.unseal({SlotKind.KEYFILE: slots.read_keyfile(keyfile)})
    if found.keyring.is_sealed and not unseal_unattended(found):
        found.close()
        raise Invalid(N_("The home is sealed. Set QUALCODER_KEYFILE or QUALCODER_PASSPHRASE_FILE."))
    return found, keyfile if keyfile.exists() else None


def fill(home: Home, slug: str, size: Size) -> Seeded:
    """Make the study with everything in it."""
    started = time.monotonic()
    with home.data.transaction() as db:
        study, cast = _study(db, slug)
    identity.create(home.keyring, study.id, slots.new_recovery_code(), memory_mib=home.settings.passphrase_memory_mib)
    with home.data.transaction() as db:
        access = study_by_slug(db, cast[0], slug, Act.EDIT_CODEBOOK)
        codebooks.import_codebook(db, access, _book(size.codes))
        if size.races:
            races.import_races(db, access, _races(size.races, size.seed)).require_stored()
    with home.data.read() as db:
        place = Field(
            study,
            cast[1],
            cast[2:],
            tuple((code.id, code.version_id) for code in codes_of(db, study.id) if code.is_codable),
            tuple(RoundId(found) for found in sorted(round_ids(db, study.id, round_keys(db, study.id)).values())),
        )
    rows = sum(_batches(home, place, size))
    with home.data.transaction() as db:
        made = {
            people.email_of(db, person): tokens.create(db, study_by_slug(db, person, slug, Act.SEE_STUDY))
            for person in cast
        }
    return Seeded(slug, rows, round(time.monotonic() - started, 2), made)


def _batches(home: Home, place: Field, size: Size) -> Iterator[int]:
    step = max(1, min(50, BATCH_WORDS // size.words))
    shares = [
        (n + 1) * size.codings // size.interviews - n * size.codings // size.interviews for n in range(size.interviews)
    ]
    for first in range(0, size.interviews, step):
        numbers = range(first, min(first + step, size.interviews))
        with home.data.transaction() as db:
            randoms = [(n + 1, invented.chance(size.seed, n)) for n in numbers]
            yield Seeder(db, place).interviews(randoms, size.words, shares[first : first + step])
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{numbers[-1] + 1}/{size.interviews} ")


def _study(db: Session, slug: str) -> tuple[Study, tuple[Person, ...]]:
    draft = accounts.StudyDraft(slug, f"Invented material {slug}", needs_second_reader=False, is_demo=True)
    study = accounts.create_study(db, None, draft)
    cast = []
    for n, role in enumerate(CAST):
        email = f"{role.value}{n}@{slug}.example"
        person = people.find_by_email(db, email) or people.create_person(db, email, f"{role.value} Oydantap {n}")
        db.add(Membership(person_id=person.id, study_id=study.id, role=role, created_at=now()))
        cast.append(person)
    db.flush()
    return study, tuple(cast)


def _book(count: int) -> CodebookFile:
    """Codes in groups of ten; each may be given to a passage."""
    entries = tuple(
        CodeEntry(
            code=f"BENCH_{n}",
            parent=None if n % 10 == 0 else f"BENCH_{n - n % 10}",
            stata=f"th_bench_{n}",
            label=Localised(f"Invented theme {n}", f"Выдуманная тема {n}", f"Ойдан шығарылған тақырып {n}"),
            colour=n % 12 + 1,
        )
        for n in range(count)
    )
    return CodebookFile(slug="bench", title=Localised(en="Invented"), codes=entries)


def _key(n: int) -> str:
    return f"BENCH-{n:05d}"


def _races(count: int, seed: int) -> bytes:
    """A race file as they are published."""
    out = io.StringIO()
    columns = ("race_id", "election_date", "oblast", "oblast_iso", "district", "unit", "unit_type")
    writer = csv.writer(out)
    writer.writerow((*columns, "registered", "voted", "winner_votes", "competitiongov"))
    random = invented.chance(seed)
    for n in range(1, count + 1):
        oblast, iso = OBLASTS[n % len(OBLASTS)]
        registered = random.randint(300, 5000)
        voted = random.randint(registered // 5, registered)
        won = random.randint(voted // 3, voted)
        day = f"2024-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
        place = (oblast, iso, f"{oblast} district {n % 20}", f"Oydantap {n}", "VILLAGE")
        writer.writerow((_key(n), day, *place, registered, voted, won, f"{100 * won / voted:.2f}"))
    return out.getvalue().encode()
