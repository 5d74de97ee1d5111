"""The demo: a home of its own with invented interviews, made through the same services as real work."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session, col, select

from qualcoder import serving
from qualcoder.accounts import people
from qualcoder.accounts import service as accounts
from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.models import Membership, Person, Role, Study
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.findings import Label
from qualcoder.codebooks import service as codebooks
from qualcoder.codebooks.files import SHIPPED
from qualcoder.codebooks.queries import codes_of
from qualcoder.coding import service as coding
from qualcoder.coding.models import Valence
from qualcoder.coding.service import NewCoding
from qualcoder.commands.house import DEMO_MARKER, create_house
from qualcoder.commands.shared import say, settings_for
from qualcoder.commands.studies import receive_and_search
from qualcoder.core.clock import now
from qualcoder.core.errors import Conflict, Invalid
from qualcoder.core.ids import CodeId, CodingId, TranscriptId, new_id
from qualcoder.core.messages import N_
from qualcoder.core.text import Span
from qualcoder.home import Home, open_home
from qualcoder.interviews.models import Category, LinkType
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails
from qualcoder.races import service as races
from qualcoder.settings import Settings
from qualcoder.transcripts import publishing, queries, reviewing
from qualcoder.transcripts.access import reach_codable
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.service import NewTranscript
from qualcoder.vault import hashing, identity, slots
from qualcoder.vault.models import SlotKind

FOLDER = Path(__file__).resolve().parent
PASSWORD = "invented demo password"
IDENTITY_PASSPHRASE = "invented identity passphrase"


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of the demo by key."""

    by_key: Mapping[str, Person]

    @property
    def pi(self) -> Person:
        return self.by_key["pi"]

    @property
    def researcher(self) -> Person:
        return self.by_key["researcher"]


def make_and_serve(folder: Path | None, port: int, *, serves: bool) -> None:
    """Make the demo anew, print address and sign-ins, and serve it on the loopback address."""
    settings = demo_settings(settings_for(None), folder, port)
    home = make_demo(settings)
    try:
        say(f"Demo with invented data: http://{settings.host}:{port}")
        say(f"Password of everybody: {PASSWORD}")
        for person in description()["people"]:
            say(f"  {person['email']:28} {person['role']}")
        say(f"Passphrase of the identity vault: {IDENTITY_PASSPHRASE}")
        if serves:
            serving.serve(home)
    finally:
        home.close()


def demo_settings(settings: Settings, folder: Path | None, port: int) -> Settings:
    """Loopback only, unsealed by a keyfile beside the data: fit for invented data and nothing else."""
    place = folder or settings.home / "demo"
    return replace(
        settings,
        home=place,
        database_url="",
        keys_url="",
        keyfile=str(place / "demo.key"),
        host="127.0.0.1",
        port=port,
        demo=True,
        passphrase_memory_mib=19,
        password_memory_mib=46,
    )


def description() -> dict[str, Any]:
    """What the demo holds, as its file says."""
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "demo.yaml").read_text("utf-8"))
    return loaded


def make_demo(settings: Settings) -> Home:
    """A fresh home with the demo study. An older demo there is removed; anything else is left alone."""
    place = settings.home
    if place.exists() and any(place.iterdir()):
        if not (place / DEMO_MARKER).exists():
            raise Conflict(N_("This folder holds something else than a demo. Choose another with --home."))
        shutil.rmtree(place)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    (place / DEMO_MARKER).write_text("A demo with invented data lives here; `qualcoder demo` makes it anew.\n")
    home = open_home(settings)
    recovery = slots.normal_code(slots.new_recovery_code())
    secret = slots.write_keyfile(Path(settings.keyfile))
    create_house(home, [(SlotKind.KEYFILE, secret), (SlotKind.RECOVERY, recovery.encode())])
    fill(home)
    return home


def fill(home: Home) -> None:
    """Put the demo study into a home."""
    told = description()
    cast = _people(home, told)
    slug = told["study"]["slug"]
    with home.data.read() as db:
        study = db.exec(select(Study).where(col(Study.slug) == slug)).one()
    identity.create(home.keyring, study.id, IDENTITY_PASSPHRASE, memory_mib=home.settings.passphrase_memory_mib)
    with home.data.transaction() as db:
        access = study_by_slug(db, cast.pi, slug, Act.EDIT_CODEBOOK)
        codebooks.import_codebook(db, access, codebooks.read_file(SHIPPED.name, SHIPPED.read_bytes()))
        for name in (*told["study"]["races"], *told["study"]["candidates"]):
            report = races.import_file(db, access, (FOLDER / "races" / name).read_bytes())
            if report.is_refused:
                raise Invalid(N_("The demo's race file %(name)s was refused."), name=name)
    for interview in told["interviews"]:
        _interview(home, cast, slug, interview)


def _people(home: Home, told: Mapping[str, Any]) -> Cast:
    hashed = hashing.hash_password(PASSWORD, memory_mib=home.settings.password_memory_mib)
    found: dict[str, Person] = {}
    with home.data.transaction() as db:
        for person in told["people"]:
            is_admin = person["role"] == Role.ADMIN.value
            row = people.create_person(db, person["email"], person["name"], is_admin=is_admin)
            row.password_hash = hashed
            found[person["key"]] = row
        draft = accounts.StudyDraft(
            told["study"]["slug"], told["study"]["title"]["en"], needs_second_reader=False, is_demo=True
        )
        study = accounts.create_study(db, found["admin"], draft)
        for person in told["people"]:
            db.add(
                Membership(
                    person_id=found[person["key"]].id,
                    study_id=study.id,
                    role=Role(person["role"]),
                    created_at=now(),
                )
            )
    return Cast(found)


def _interview(home: Home, cast: Cast, slug: str, told: Mapping[str, Any]) -> None:
    consent = set(told["consent"])
    new = NewTranscript(
        file_name=told["file"],
        raw=(FOLDER / "interviews" / told["file"]).read_bytes(),
        title=Path(told["file"]).stem.replace("_", " "),
        language=told["language"],
        interview=NewInterview(
            details=InterviewDetails(held_on="2026-09-01", language=told["language"]),
            consent=ConsentScope("quote" in consent, "share" in consent, "archive" in consent),
            respondents=(NewRespondent(Category(told["category"])),),
            links=tuple(NewLink(link["race"], LinkType(link["type"])) for link in told["links"]),
        ),
    )
    transcript = receive_and_search(home, cast.researcher, slug, new)
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, cast.researcher, transcript.id)
        reviewing.accept_all(db, found)
        for words in told.get("marked_by_hand") or ():
            reviewing.mark_missed(db, found, words, Label.PERSON)
    with home.data.read() as db:
        version = db.get_one(Transcript, transcript.id).version
    coders = [cast.by_key[key].id for key in ("coder1", "coder2")]
    publishing.publish(home.data, cast.researcher, transcript.id, coders, version)
    for key, codings in told["codings"].items():
        with home.data.transaction() as db:
            _code(db, cast.by_key[key], transcript.id, codings)


def _code(db: Session, coder: Person, transcript_id: TranscriptId, told: Sequence[Mapping[str, Any]]) -> None:
    found = reach_codable(db, coder, transcript_id, Act.CODE)
    turns = queries.open_turns(db, found.key, queries.turns_of(db, found.transcript.text_version_id))
    codes: dict[str, CodeId] = {code.key: code.id for code in codes_of(db, found.transcript.study_id)}
    for item in told:
        quote = item["quote"]
        start = next((turn.start + turn.body.index(quote) for turn in turns if quote in turn.body), None)
        if start is None:
            raise Invalid(N_("A quote of the demo is not in the published text."))
        coding_id = CodingId(new_id())
        coding.add_coding(
            db,
            coder,
            NewCoding(
                id=coding_id,
                transcript_id=transcript_id,
                text_number=found.transcript.text_number,
                span=Span(start, start + len(quote)),
                code_id=codes[item["code"]],
                valence=Valence(item["valence"]) if item.get("valence") else None,
            ),
        )
        if item.get("memo"):
            db.flush()
            coding.add_memo(db, coder, coding_id, item["memo"])
