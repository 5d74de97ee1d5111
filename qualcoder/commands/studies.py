"""Commands on studies: races, codebook, transcripts, review, matrix."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from qualcoder.accounts import people
from qualcoder.accounts import service as accounts
from qualcoder.accounts.access import ONLY_STUDY, Access, studies_of
from qualcoder.accounts.models import Language, Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.codebooks import service as codebooks
from qualcoder.commands import shared
from qualcoder.commands.shared import AsOption, HomeOption, JsonOption, StudyOption, opened, say, say_json
from qualcoder.core.errors import Invalid, NotFound, Refused, Unavailable
from qualcoder.core.ids import JobId, TranscriptId
from qualcoder.core.messages import N_
from qualcoder.core.models import Job, JobState
from qualcoder.core.queue import UNFINISHED, run, unfinished
from qualcoder.home import Home
from qualcoder.interviews.models import Category, LinkType
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails
from qualcoder.matrices import excel, names
from qualcoder.matrices import service as matrices
from qualcoder.matrices.cells import Question
from qualcoder.matrices.models import ExportFormat
from qualcoder.matrices.service import ExportSpec
from qualcoder.matrices.shapes import measures_named
from qualcoder.races import service as races
from qualcoder.races.sheets import read_sheet
from qualcoder.transcripts import publishing, queries, reviewing, service
from qualcoder.transcripts.access import reach
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.parsing import notice_messages
from qualcoder.transcripts.service import NewTranscript
from qualcoder.vault import identity, slots
from qualcoder.works import WORKS

PATIENCE_SECONDS = 600.0

study_app = typer.Typer(no_args_is_help=True, help="Studies.")
races_app = typer.Typer(no_args_is_help=True, help="The public record of races.")
codebook_app = typer.Typer(no_args_is_help=True, help="The codebook.")
transcripts_app = typer.Typer(no_args_is_help=True, help="Transcripts.")
review_app = typer.Typer(no_args_is_help=True, help="Anonymisation review.")
matrix_app = typer.Typer(no_args_is_help=True, help="Themes by races.")


@study_app.command("create")
def study_create(
    slug: str,
    title: Annotated[str, typer.Option(help="Title of the study; sealed.")],
    as_: AsOption = "",
    home: HomeOption = None,
    identity_out: Annotated[Path | None, typer.Option(help="Write the identity vault's passphrase here.")] = None,
    second_reader: Annotated[bool, typer.Option(help="A second person reads before release.")] = True,
    allow_accept_all: Annotated[bool, typer.Option(help="All proposals may be accepted at once.")] = False,
) -> None:
    """Create a study and its identity vault. The vault's passphrase is shown once, and kept nowhere."""
    with opened(home) as found:
        with found.data.transaction() as db:
            who = shared.actor(db, as_)
            if ONLY_STUDY in db.info:
                raise Refused(N_("A token acts in one study and makes no others. Use --as EMAIL."))
            study = accounts.create_study(db, who, accounts.StudyDraft(slug, title, second_reader))
            study.may_accept_all = allow_accept_all
            study_id = study.id
        passphrase = slots.new_recovery_code()
        # Written first: a vault whose passphrase nobody has can't be opened, nor made anew.
        if identity_out is not None:
            shared.write_new(identity_out, passphrase.encode() + b"\n")
        memory = found.settings.passphrase_memory_mib
        identity.create(found.keyring, study_id, passphrase, memory_mib=memory)
        with found.data.transaction() as db:
            chain.record(db, who.id, "identity.created", "study", study_id, study_id=study_id)
    if identity_out is None:
        say(f"Passphrase of the identity vault. Give it to the PI; it is not shown again:\n\n    {passphrase}\n")
    say(f"Created {slug}.")


@study_app.command("list")
def study_list(as_: AsOption = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """The studies of the person who acts."""
    with opened(home) as found, found.data.read() as db:
        rows = [
            {"slug": access.study.slug, "title": accounts.title_of(db, access.study), "role": access.role.value}
            for access in studies_of(db, shared.actor(db, as_))
        ]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['slug']}\t{row['role']}\t{row['title']}")


@races_app.command("import")
def races_import(
    file: Path,
    study: StudyOption,
    as_: AsOption = "",
    home: HomeOption = None,
    dry_run: Annotated[bool, typer.Option(help="Check only.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Import a race file or a file of candidates (CSV, Excel, Stata), with a report per line."""
    sheet = read_sheet(shared.read_file(file))
    with opened(home) as found, found.data.transaction() as db:
        access = shared.access(db, as_, study, Act.IMPORT_RACES)
        report = races.import_file(db, access, sheet, dry_run=dry_run)
    lines = [
        {"line": line.line, "level": line.level.value, "message": line.message % dict(line.params)}
        for line in report.lines
    ]
    if as_json:
        say_json({"added": report.created, "changed": report.updated, "stored": not report.is_refused, "lines": lines})
    else:
        for line in lines:
            say(f"line {line['line']}: {line['level']}: {line['message']}")
        say(f"{report.created} added, {report.updated} changed{'' if not report.is_refused else ' (nothing stored)'}.")
    if report.is_refused and not dry_run:
        raise typer.Exit(2)


@codebook_app.command("import")
def codebook_import(
    file: Path,
    study: StudyOption,
    as_: AsOption = "",
    home: HomeOption = None,
    *,
    keep_names: Annotated[bool, typer.Option(help="words that look like known names are none")] = False,
) -> None:
    """Import a codebook from YAML or CSV."""
    book = codebooks.read_file(file.name, shared.read_file(file))
    with opened(home) as found, found.data.transaction() as db:
        access = shared.access(db, as_, study, Act.EDIT_CODEBOOK)
        report = codebooks.import_codebook(db, access, book, keeps_names=keep_names)
    say(f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, {report.retired} retired.")


@codebook_app.command("export")
def codebook_export(
    study: StudyOption,
    out: Annotated[Path, typer.Option(help="File to write.")],
    as_: AsOption = "",
    home: HomeOption = None,
    form: Annotated[str, typer.Option("--format", help="yaml or csv")] = "yaml",
) -> None:
    """Write the codebook to a file."""
    if form not in {"yaml", "csv"}:
        raise Invalid(N_("The format is yaml or csv."))
    with opened(home) as found, found.data.read() as db:
        access = shared.access(db, as_, study, Act.SEE_CODEBOOK)
        content = codebooks.export_file(db, access, form)
    shared.write_new(out, content)


@transcripts_app.command("upload")
def transcripts_upload(
    files: list[Path],
    study: StudyOption,
    category: Annotated[Category, typer.Option(help="What the respondent was in the race.")],
    as_: AsOption = "",
    home: HomeOption = None,
    language: Annotated[str, typer.Option(help="ru, kk, en, mixed or auto")] = "auto",
    race: Annotated[list[str] | None, typer.Option(help="Key of a race; may be repeated.")] = None,
    consent: Annotated[Path | None, typer.Option(help="The signed form; that it exists is recorded.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Upload documents or text files, confirm the speakers as found, and search for names."""
    if consent is not None:
        shared.read_file(consent)
    rows = []
    with opened(home) as found:
        with found.data.read() as db:
            who = shared.access(db, as_, study, Act.UPLOAD).person
            db.expunge_all()
        for file in files:
            new = NewTranscript(
                file_name=file.name,
                raw=shared.read_file(file),
                language=language,
                interview=NewInterview(
                    details=InterviewDetails(),
                    consent=ConsentScope(quote=False, share=False, archive=False),
                    respondents=(NewRespondent(category),),
                    links=tuple(NewLink(key, LinkType.ABOUT) for key in race or ()),
                ),
            )
            transcript = receive_and_search(found, who, study, new)
            rows.append({"id": transcript.id, "serial": transcript.serial, "state": transcript.state.value})
            for message in notice_messages(transcript.notices):
                sys.stderr.write(f"{file.name}: {message}\n")
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['serial']}\t{row['state']}\t{row['id']}")


def receive_and_search(home: Home, who: Person, study: str, new: NewTranscript) -> Transcript:
    """Store a file, take the speakers as they were found, and do the search here and now."""
    transcript = service.receive(home.data, who, study, new)
    with home.data.transaction() as db:
        found = reach(db, who, transcript.id, Act.REVIEW)
        service.confirm_as_found(db, found)
    for job_id in unfinished(home.data):
        run(home.data, WORKS, job_id)
    with home.data.read() as db:
        return db.get_one(Transcript, transcript.id)


@transcripts_app.command("list")
def transcripts_list(
    study: StudyOption, as_: AsOption = "", home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Transcripts that the person who acts may see."""
    with opened(home) as found, found.data.read() as db:
        access = shared.access(db, as_, study, Act.LIST_TRANSCRIPTS)
        rows = [
            {
                "id": line.id,
                "serial": line.serial,
                "state": line.state.value,
                "language": line.language,
                "turns": line.n_turns,
                "characters": line.n_chars,
            }
            for line in queries.transcripts_of(db, access, limit=100_000)
        ]
    if as_json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['serial']}\t{row['state']}\t{row['language']}\t{row['turns']}")


def find_transcript(db: Session, access: Access, named: str) -> TranscriptId:
    """A transcript by id or by serial (T-017)."""
    lines = queries.transcripts_of(db, access, limit=100_000)
    for line in lines:
        if named in {str(line.id), line.serial}:
            return line.id
    raise NotFound


@review_app.command("accept-all")
def review_accept_all(transcript: str, study: StudyOption, as_: AsOption = "", home: HomeOption = None) -> None:
    """Accept every proposal of a transcript; refused unless the study's policy allows it."""
    with opened(home) as found, found.data.transaction() as db:
        access = shared.access(db, as_, study, Act.REVIEW)
        reached = reviewing.reach_review(db, access.person, find_transcript(db, access, transcript))
        count = reviewing.accept_all(db, reached)
    say(f"{count} accepted.")


@review_app.command("publish")
def review_publish(
    transcript: str,
    study: StudyOption,
    as_: AsOption = "",
    home: HomeOption = None,
    coder: Annotated[list[str] | None, typer.Option(help="E-mail of a coder; may be repeated.")] = None,
) -> None:
    """Release a reviewed transcript to coders."""
    with opened(home) as found:
        with found.data.read() as db:
            access = shared.access(db, as_, study, Act.REVIEW)
            transcript_id = find_transcript(db, access, transcript)
            version = db.exec(select(Transcript.version).where(col(Transcript.id) == transcript_id)).one()
            coders = [people.find_by_email(db, people.normal_email(email)) for email in coder or ()]
        if any(person is None for person in coders):
            raise Invalid(N_("Nobody here has this address or token."))
        ids = [person.id for person in coders if person is not None]
        publishing.publish(found.data, access.person, transcript_id, ids, version)
    say("Released.")


@matrix_app.command("export")
def matrix_export(
    study: StudyOption,
    out: Annotated[Path, typer.Option(help="Folder to write into.")],
    as_: AsOption = "",
    home: HomeOption = None,
    form: Annotated[str, typer.Option("--format", help="csv, xlsx, dta, or several with commas")] = "csv,dta",
    profile: Annotated[str, typer.Option(help="internal; others come with the disclosure gate")] = "internal",
    shape: Annotated[str, typer.Option(help="wide: a row per race; long: a row per race and code")] = "wide",
    measure: Annotated[
        list[str] | None,
        typer.Option(help="presence, segments, respondents, interviews, characters, denied; repeatable. All if none."),
    ] = None,
    *,
    keep_names: Annotated[bool, typer.Option(help="words that look like known names are none")] = False,
) -> None:
    """Write the matrix of themes and races, and its rows in the ledger of exports. For the PI only."""
    wanted = [item.strip() for item in form.split(",") if item.strip()]
    if not wanted or any(item not in set(ExportFormat) for item in wanted) or profile != "internal":
        raise Invalid(N_("The formats are csv, xlsx and dta, the profile is internal."))
    if shape not in {"wide", "long"}:
        raise Invalid(N_("The shape is wide or long."))
    spec = ExportSpec(Question(), shape, Language.EN.value, measures_named(measure or ()), keeps_names=keep_names)
    with opened(home) as found:
        with found.data.read() as db:
            shared.access(db, as_, study, Act.EXPORT)
        out.mkdir(parents=True, exist_ok=True)
        # All are made before one is written.
        files = {item: _exported(found, as_, study, ExportFormat(item), spec) for item in wanted}
        for item, content in files.items():
            shared.write_new(out / f"{study}-matrix.{item}", content)
    say(f"{len(files)} files.")


def _exported(home: Home, as_: str, study: str, file_format: ExportFormat, spec: ExportSpec) -> bytes:
    """The file of an export that went through the ledger like any other, made here and now."""
    with home.data.transaction() as db:
        access = shared.access(db, as_, study, Act.EXPORT)
        export = matrices.ask_export(db, access, file_format, spec)
        job = matrices.job_of(db, export)
    who = access.person
    if job is not None:
        finish(home, JobId(job.id))
    with home.data.read() as db:
        return matrices.open_file(db, who, export.id).content


def finish(home: Home, job_id: JobId) -> None:
    """Do a piece of work here, or wait for the worker that has it in hand."""
    until = time.monotonic() + PATIENCE_SECONDS
    run(home.data, WORKS, job_id)
    while time.monotonic() < until:
        with home.data.read() as db:
            job = db.get_one(Job, job_id)
        if job.state is JobState.DONE:
            return
        if place := names.place_in(job.error_code):
            raise Invalid(names.SENTENCE, column=place[0], row=place[1])
        if job.error_code in excel.FAULTS:
            raise Invalid(excel.FAULTS[job.error_code])
        if job.state not in UNFINISHED:
            break
        time.sleep(0.2)
        run(home.data, WORKS, job_id)
    raise Unavailable(N_("The work did not end well. Nothing was written; try again."))
