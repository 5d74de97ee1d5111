"""Every page of the program on the demo: which address it has there and who looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.accounts import people, sessions, signing_in
from qualcoder.accounts import service as accounts
from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.models import Language, Person, SignIn
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.models import PiiSpan
from qualcoder.codebooks import editing
from qualcoder.codebooks.book import Localised
from qualcoder.codebooks.comparing import entry_of
from qualcoder.codebooks.queries import codes_of
from qualcoder.coding import memo_acts, translating
from qualcoder.coding.memo_acts import NewMemo
from qualcoder.coding.models import Coding, MemoKind, TranslationStatus
from qualcoder.coding.translating import NewTranslation
from qualcoder.commands.studies import receive_and_search
from qualcoder.core.ids import new_id
from qualcoder.core.text import Span
from qualcoder.demo.loading import FOLDER, description
from qualcoder.home import Home, migrate, open_home
from qualcoder.interviews.models import Category, LinkType
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails
from qualcoder.matrices import cells
from qualcoder.matrices import service as matrices
from qualcoder.matrices.cells import Question
from qualcoder.matrices.models import ExportFormat
from qualcoder.matrices.service import ExportSpec
from qualcoder.races.models import Round
from qualcoder.transcripts import flags
from qualcoder.transcripts import service as transcripts
from qualcoder.transcripts.flags import NewFlag
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.transcripts.service import NewTranscript
from qualcoder.vault.hashing import token_hash
from tests import demos
from tests.demos import MakeDemo
from tests.homes import all_routes, give_factor, give_keys, work_off
from tests.served import Served, environment_of, free_port, serving

SLUG = description()["study"]["slug"]
NOT_PAGES = frozenset(
    {"healthz", "robots", "accounts:session", "matrices:export_file", "coding:live", "coding:history", "coding:memo"}
    | {"coding:turns", "coding:strip", "coding:inspect"}
    | {"codebooks:export"}
)


@dataclass(frozen=True, slots=True)
class Show:
    """The demo, served; a second server that is sealed; and what the addresses of pages need."""

    home: Home
    served: Served
    sealed: Served
    tokens: Mapping[str, str]
    invitation: str
    codable: UUID
    received: UUID
    reviewed: UUID
    entity: UUID
    flag: UUID
    searched: UUID
    failed: UUID
    interview: UUID
    race: UUID
    memo: UUID
    coding: UUID
    code: UUID
    other_code: UUID
    export: UUID

    def token(self, who: str) -> str:
        """What opens the pages of somebody; the right to type a code lasts for minutes, so each look gets its own."""
        if who != "pending":
            return self.tokens.get(who, "")
        with self.home.data.transaction() as db:
            observer = db.exec(
                select(SignIn).where(col(SignIn.token_hash) == token_hash(self.tokens["observer"]))
            ).one()
            return signing_in.enter(db, db.get_one(Person, observer.person_id), asks_code=True).token

    def speak(self, language: str) -> None:
        """Let everybody who is signed in have this language."""
        with self.home.data.transaction() as db:
            for person in db.exec(select(Person)):
                person.language = Language(language)

    def look(self, theme: str) -> None:
        """Let everybody who is signed in have these colours."""
        with self.home.data.transaction() as db:
            for person in db.exec(select(Person)):
                person.theme = theme


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page: its route, who looks, the address on the demo."""

    route: str
    who: str
    path: Callable[[Show], str]
    name: str = ""
    is_sealed: bool = False

    @property
    def title(self) -> str:
        """Letters and dashes, fit for a file name."""
        return (self.name or self.route).replace(":", "-").replace("_", "-")


def _study(rest: str) -> Callable[[Show], str]:
    return lambda show: f"/studies/{SLUG}/{rest}"


PAGES = (
    PageOf("unseal:form", "", lambda show: "/unseal", is_sealed=True),
    PageOf("accounts:sign_in", "", lambda show: "/sign-in"),
    PageOf("invitation:form", "", lambda show: f"/invitation/{show.invitation}"),
    PageOf("accounts:code", "pending", lambda show: "/sign-in/code"),
    PageOf("account:show", "pi", lambda show: "/account"),
    PageOf("account:factor", "coder", lambda show: "/account/second-factor"),
    PageOf("home", "admin", lambda show: "/"),
    PageOf("home", "observer", lambda show: "/no-such-page", name="not-found"),
    PageOf("custody:house", "admin", lambda show: "/house"),
    PageOf("accounts:people", "pi", _study("people")),
    PageOf("accounts:people", "admin", _study("people"), name="people-of-an-administrator"),
    PageOf("accounts:study_settings", "pi", _study("settings")),
    PageOf("audit:show", "pi", _study("audit")),
    PageOf("races:list", "pi", _study("races")),
    PageOf("races:import", "pi", _study("races/import")),
    PageOf("races:show", "pi", lambda show: f"/studies/{SLUG}/races/{show.race}"),
    PageOf("interviews:show", "pi", lambda show: f"/interviews/{show.interview}"),
    PageOf("transcripts:list", "pi", _study("transcripts")),
    PageOf("transcripts:list", "coder", _study("transcripts"), name="transcripts-of-a-coder"),
    PageOf("flags:list", "pi", _study("flags")),
    PageOf("flags:list", "pi", _study("flags?standing=name"), name="flags-that-are-names"),
    PageOf("masking:show", "pi", lambda show: f"/flags/{show.flag}/mask"),
    PageOf("transcripts:upload_form", "pi", _study("upload")),
    PageOf("transcripts:speakers", "pi", lambda show: f"/transcripts/{show.received}/speakers"),
    PageOf("transcripts:status", "pi", lambda show: f"/transcripts/{show.searched}/status"),
    PageOf("transcripts:status", "pi", lambda show: f"/transcripts/{show.failed}/status", name="transcripts-failed"),
    PageOf("transcripts:review", "pi", lambda show: f"/transcripts/{show.reviewed}/review"),
    PageOf(
        "transcripts:review", "pi", lambda show: f"/transcripts/{show.reviewed}/review?pass=rest", name="review-rest"
    ),
    PageOf("registry:list", "pi", _study("registry")),
    PageOf("registry:show", "pi", lambda show: f"/studies/{SLUG}/registry/{show.entity}"),
    PageOf("codebooks:show", "pi", _study("codebook")),
    PageOf("codebooks:log", "pi", _study("codebook/log")),
    PageOf("codes:show", "pi", lambda show: f"/studies/{SLUG}/codes/{show.code}"),
    PageOf("codes:show", "coder", lambda show: f"/studies/{SLUG}/codes/{show.code}", name="code-of-a-coder"),
    PageOf(
        "codes:merge",
        "pi",
        lambda show: f"/studies/{SLUG}/codes/{show.code}/merge?{urlencode({'into': show.other_code})}",
    ),
    PageOf("codes:split", "pi", lambda show: f"/studies/{SLUG}/codes/{show.code}/split"),
    PageOf("codes:older_codes", "coder", _study("codebook/older")),
    PageOf("codes:older", "pi", lambda show: f"/studies/{SLUG}/codes/{show.code}/older"),
    PageOf("coding:workbench", "coder", lambda show: f"/transcripts/{show.codable}"),
    PageOf("coding:read", "coder", lambda show: f"/transcripts/{show.codable}/read"),
    PageOf("coding:read", "pi", lambda show: f"/transcripts/{show.codable}/read?codes=1", name="reading-with-codings"),
    PageOf("coding:workbench", "pi", lambda show: f"/transcripts/{show.codable}", name="coding-of-the-pi"),
    PageOf("coding:workbench", "pi", lambda show: f"/transcripts/{show.codable}?words=true", name="coding-in-words"),
    PageOf("revising:form", "pi", lambda show: f"/transcripts/{show.codable}/correct?turn=2"),
    PageOf("revising:unplaced", "coder", lambda show: f"/transcripts/{show.codable}/unplaced"),
    PageOf("search:form", "coder", _study("search")),
    PageOf("memos:list", "pi", _study("memos")),
    PageOf("memos:new", "coder", lambda show: f"/studies/{SLUG}/memos/new?kind=race&about={show.race}"),
    PageOf("memos:show", "pi", lambda show: f"/memos/{show.memo}"),
    PageOf("translations:show", "pi", lambda show: f"/codings/{show.coding}/translations"),
    PageOf("retrieval:ask", "coder", _study("retrieve")),
    PageOf(
        "retrieval:ask",
        "pi",
        _study("retrieve?unit=turn&variable=competitiongov&lowest=0&step=and&code=any&deep=1&within=1&by=turns"),
        name="passages-found",
    ),
    PageOf("retrieval:together", "pi", _study("retrieve/together?unit=interview")),
    PageOf("jobs:list", "pi", _study("jobs")),
    PageOf("matrices:show", "pi", _study("matrix")),
    PageOf("matrices:show", "pi", _study("matrix?rollup=1&every=1"), name="matrices-every-code"),
    PageOf(
        "matrices:cell",
        "pi",
        lambda show: f"/studies/{SLUG}/matrix/cell?{urlencode({'code': show.code, 'race': show.race})}",
    ),
    PageOf("matrices:export_page", "pi", lambda show: f"/exports/{show.export}"),
)


def page_routes() -> frozenset[str]:
    """Names of every GET route of the program that is meant for eyes."""
    return frozenset({route.name for route in all_routes() if "GET" in (route.methods or ())} - NOT_PAGES)


@contextmanager
def on_show(folder: Path, make: MakeDemo = demos.fresh) -> Iterator[Show]:
    """The demo with a transcript in every state, an export and an invitation, served; beside it a sealed server."""
    with ExitStack() as stack:
        home = make(folder / "demo", free_port())
        stack.callback(home.close)
        settings = home.settings
        values = _prepare(home)
        environment = environment_of(settings.home, settings.port, QUALCODER_DEMO="1")
        environment["QUALCODER_KEYFILE"] = settings.keyfile
        served = stack.enter_context(serving(environment))
        stays_sealed = environment_of(folder / "sealed", free_port(), QUALCODER_STAY_SEALED="1")
        empty = open_home(replace(settings, home=folder / "sealed"))
        stack.callback(empty.close)
        migrate(empty)
        give_keys(empty)
        sealed = stack.enter_context(serving(stays_sealed))
        yield Show(home=home, served=served, sealed=sealed, **values)  # type: ignore[arg-type]  # the fields _prepare makes


def _prepare(home: Home) -> dict[str, object]:
    cast = {person["key"]: person["email"] for person in description()["people"]}
    by_key: dict[str, Person] = {}
    with home.data.transaction() as db:
        for key, email in cast.items():
            person = people.find_by_email(db, people.normal_email(email))
            assert person is not None
            by_key[key] = person
        tokens = {
            key: sessions.open_session(db, by_key[name].id)
            for key, name in (
                ("admin", "admin"),
                ("pi", "pi"),
                ("researcher", "researcher"),
                ("coder", "coder1"),
                ("observer", "observer"),
            )
        }
        # The demo asks nobody for a code; the page is looked at all the same.
        give_factor(db, by_key["observer"])
        invited = people.create_person(db, "invited@demo.example", "Invited Oylapova")
        invitation = accounts.invite(db, None, invited)
    values = _transcripts(home, by_key["pi"])
    with home.data.transaction() as db:
        values |= _matrix(db, by_key["pi"])
    work_off(home)
    return {**values, "tokens": tokens, "invitation": invitation}


def _transcripts(home: Home, pi: Person) -> dict[str, object]:
    received = transcripts.receive(home.data, pi, SLUG, _upload("received"))
    reviewed = receive_and_search(home, pi, SLUG, _upload("in review"))
    searched = transcripts.receive(home.data, pi, SLUG, _upload("being searched"))
    failed = transcripts.receive(home.data, pi, SLUG, _upload("failed"))
    with home.data.transaction() as db:
        # Without a job behind them, the worker leaves these two as they are.
        db.get_one(Transcript, searched.id).state = TranscriptState.DETECTING
        db.get_one(Transcript, failed.id).state = TranscriptState.FAILED
        first = db.exec(select(Transcript).order_by(col(Transcript.number))).first()
        assert first is not None
        return {
            **_written(db, pi, first),
            "flag": _flag(db, pi, first),
            "codable": first.id,
            "interview": first.interview_id,
            "received": received.id,
            "reviewed": reviewed.id,
            "entity": _entity_of(db, reviewed.id),
            "searched": searched.id,
            "failed": failed.id,
        }


def _written(db: Session, pi: Person, transcript: Transcript) -> dict[str, object]:
    """A memo of the PI's and a passage with two translations, in which nothing is hidden."""
    new = NewMemo(new_id(), MemoKind.STUDY, transcript.study_id, "Сначала вода, потом выборы.")
    memo_acts.save(db, pi, new)
    placed = select(Coding).where(col(Coding.transcript_id) == transcript.id, col(Coding.start) > 60)
    coding = db.exec(placed.order_by(col(Coding.start), col(Coding.id))).first()
    assert coding is not None
    for language, status in ((Language.KK, TranslationStatus.DRAFT), (Language.EN, TranslationStatus.CHECKED)):
        translating.save(db, pi, coding.id, language, NewTranslation("Invented words", status))
    return {"memo": new.id, "coding": coding.id}


def _flag(db: Session, pi: Person, transcript: Transcript) -> UUID:
    """A flag that waits, and one that was decided; the id of the latter."""
    for start in (0, 40):
        new = NewFlag(new_id(), transcript.id, transcript.text_number, Span(start, start + 12), "Village nickname?")
        flags.flag(db, pi, new)
    flags.decide(db, pi, new.id, is_name=True, seen_version=1)
    return new.id


def _entity_of(db: Session, transcript_id: UUID) -> UUID:
    """A place of a transcript, which has levels to choose from, or else anybody."""
    spans = db.exec(
        select(PiiSpan).where(col(PiiSpan.transcript_id) == transcript_id, col(PiiSpan.entity_id).is_not(None))
    ).all()
    found = min(spans, key=lambda span: (span.label is not Label.PLACE_FINE, span.start)).entity_id
    assert found is not None
    return found


def _upload(title: str) -> NewTranscript:
    text = (FOLDER / "interviews" / "candidate_ru.txt").read_bytes()
    return NewTranscript(
        file_name="candidate_ru.txt",
        # A study takes the same text once only.
        raw=text + f"\nИнтервьюер: {title}.\n".encode(),
        title=title,
        language="ru",
        interview=NewInterview(
            details=InterviewDetails(held_on="2026-09-02", language="ru"),
            consent=ConsentScope(quote=True, share=False, archive=False),
            respondents=(NewRespondent(Category.VOTER),),
            links=(NewLink("KOY-2022-1", LinkType.VOTER),),
        ),
    )


def _matrix(db: Session, pi: Person) -> dict[str, object]:
    access = study_by_slug(db, pi, SLUG, Act.EXPORT)
    table = cells.build(db, access, Question()).crosstab
    code, race = max(table.cells, key=lambda place: table.cells[place].segments)
    export = matrices.ask_export(db, access, ExportFormat.CSV, ExportSpec(Question(), "wide", "en"))
    codes = codes_of(db, access.study.id)
    other = next(one for one in codes if one.is_codable and one.id != code)
    found = next(one for one in codes if one.id == code)
    # Another wording, so that there is something in the log and something coded under an older definition.
    wanted = replace(entry_of(found, {one.id: one.key for one in codes}), definition=Localised(ru="Иначе"))
    editing.edit(db, access, found.id, wanted, found.version)
    assert db.get(Round, race) is not None
    return {"code": code, "other_code": other.id, "race": race, "export": export.id}
