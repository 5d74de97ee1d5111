"""Acts on the race record: importing files of races and of candidates, whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from qualcoder.accounts.access import Access, study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.audit import chain
from qualcoder.core.db import Database
from qualcoder.core.ids import RoundId
from qualcoder.core.messages import N_
from qualcoder.races.candidates import CANDIDATE_COLUMNS, BallotLine, CandidateFile, CandidateRow, candidates_in
from qualcoder.races.checks import Finding, all_findings
from qualcoder.races.files import RaceFile, RaceRow, Value, races_in, refuse_errors
from qualcoder.races.importing import Record, keep_ballot
from qualcoder.races.sheets import LineReport, Sheet, has_errors, read_sheet

MAX_KEY = 60
MAX_NAME = 200
MAX_TEXT = 2000
# What an integer column holds on PostgreSQL.
MAX_COUNT = 2**31 - 1

_COUNTED_ELSEWHERE = {BallotLine.AGAINST_ALL: "against_all", BallotLine.INVALID: "invalid"}


class Layout(StrEnum):
    """What a file is about."""

    RACES = "races"
    CANDIDATES = "candidates"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, in rounds: new, brought up to date, already so. With a line in error it did nothing."""

    layout: Layout
    created: int
    updated: int
    unchanged: int
    lines: tuple[LineReport, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def is_refused(self) -> bool:
        return has_errors(self.lines)

    def require_stored(self) -> None:
        """Raise Invalid when a line in error kept everything out."""
        refuse_errors(self.lines)


def receive_file(database: Database, me: Person, slug: str, raw: bytes, *, dry_run: bool = False) -> ImportReport:
    """Import an uploaded file; it is read outside any transaction, as a workbook takes a process of its own."""
    with database.read() as db:
        study_by_slug(db, me, slug, Act.IMPORT_RACES)
    sheet = read_sheet(raw)
    with database.transaction() as db:
        return import_file(db, study_by_slug(db, me, slug, Act.IMPORT_RACES), sheet, dry_run=dry_run)


def import_file(db: Session, access: Access, source: bytes | Sheet, *, dry_run: bool = False) -> ImportReport:
    """Import a file, or the table read from one, in whichever of the known layouts it is."""
    access.require(Act.IMPORT_RACES)
    sheet = _sheet(source)
    if set(CANDIDATE_COLUMNS) <= set(sheet.columns):
        return import_candidates(db, access, sheet, dry_run=dry_run)
    return import_races(db, access, sheet, dry_run=dry_run)


def _sheet(source: bytes | Sheet) -> Sheet:
    return read_sheet(source) if isinstance(source, bytes) else source


def import_races(db: Session, access: Access, source: bytes | Sheet, *, dry_run: bool = False) -> ImportReport:
    """Import a race file: rounds with new keys are added, known ones brought up to date, none removed.

    Raises Invalid when the file is no table; lines in error are in the report, and then nothing is stored.
    """
    access.require(Act.IMPORT_RACES)
    file = races_in(_sheet(source))
    lines = _with_errors(file.reports, _oversized_races(file.rows))
    if has_errors(lines):
        return ImportReport(Layout.RACES, 0, 0, 0, lines)
    record = Record(db, access.study.id)
    changed = [row for row in file.rows if not record.is_same(row)]
    created = sum(row.key not in record.rounds for row in changed)
    report = ImportReport(
        Layout.RACES,
        created,
        len(changed) - created,
        len(file.rows) - len(changed),
        lines,
        tuple(all_findings(file.rows)),
    )
    if not dry_run:
        _store_races(record, file, changed)
        _record(db, access, "races.imported", report)
    return report


def _store_races(record: Record, file: RaceFile, changed: list[RaceRow]) -> None:
    record.add_variables(file.variables)
    record.add_parties(changed)
    record.keep(changed)


def import_candidates(db: Session, access: Access, source: bytes | Sheet, *, dry_run: bool = False) -> ImportReport:
    """Import a candidate file: the ballot of each round it names becomes what the file says.

    Ballots against all and invalid ones go to the variables of the round when it has no such figures yet.
    """
    access.require(Act.IMPORT_RACES)
    file = candidates_in(_sheet(source))
    record = Record(db, access.study.id)
    lines = _with_errors(file.reports, _unknown_races(record, file), _oversized_candidates(file.rows))
    if has_errors(lines):
        return ImportReport(Layout.CANDIDATES, 0, 0, 0, lines)
    by_race: dict[str, list[CandidateRow]] = {}
    for row in file.rows:
        by_race.setdefault(row.race_key, []).append(row)
    report = ImportReport(Layout.CANDIDATES, 0, len(by_race), 0, (*lines, *_differing_counts(record, file.rows)))
    if not dry_run:
        for key, rows in by_race.items():
            keep_ballot(db, record.rounds[key].id, rows)
        _store_counts(record, file.rows)
        _record(db, access, "candidates.imported", report)
    return report


def _record(db: Session, access: Access, act: str, report: ImportReport) -> None:
    db.flush()
    chain.record(
        db,
        access.person.id,
        act,
        "study",
        access.study.id,
        study_id=access.study.id,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        warnings=len(report.lines),
    )


def _with_errors(reports: Iterable[LineReport], *more: Iterable[LineReport]) -> tuple[LineReport, ...]:
    found = [*reports, *(report for group in more for report in group)]
    return tuple(sorted(found, key=lambda report: report.line))


def _unknown_races(record: Record, file: CandidateFile) -> Iterator[LineReport]:
    for row in file.rows:
        if row.race_key not in record.rounds:
            message = N_("There is no race with the key %(key)s. Import the race first.")
            yield LineReport.error(row.line, message, key=row.race_key[:MAX_KEY])


def _oversized_races(rows: Iterable[RaceRow]) -> Iterator[LineReport]:
    for row in rows:
        limits = [("race_id", row.key, MAX_KEY), ("contest_id", row.contest_key, MAX_KEY)]
        limits += [("unit_type", row.unit_type, 40), ("oblast_iso", row.oblast_iso, 10)]
        limits += [(name, getattr(row, name), MAX_NAME) for name in ("oblast", "district", "unit")]
        limits += [(name, value, MAX_TEXT) for name, value in row.values.items() if isinstance(value, str)]
        yield from _too_long(row.line, limits)
        if row.round_no > MAX_COUNT:
            yield _too_large(row.line, "round_no")
        for name, value in row.values.items():
            if isinstance(value, float) and not abs(value) <= MAX_COUNT:
                yield _too_large(row.line, name)


def _oversized_candidates(rows: Iterable[CandidateRow]) -> Iterator[LineReport]:
    for row in rows:
        limits = [("name_as_printed", row.name_as_printed, MAX_NAME), ("residence", row.residence, MAX_NAME)]
        yield from _too_long(row.line, limits)
        for name, value in (
            ("candidate_no", row.candidate_no),
            ("birth_year", row.birth_year),
            ("votes", row.votes),
        ):
            if value is not None and abs(value) > MAX_COUNT:
                yield _too_large(row.line, name)


def _too_long(line: int, limits: Iterable[tuple[str, str, int]]) -> Iterator[LineReport]:
    for column, text, limit in limits:
        if len(text) > limit:
            message = N_("%(column)s is longer than %(limit)s characters.")
            yield LineReport.error(line, message, column=column, limit=limit)


def _too_large(line: int, column: str) -> LineReport:
    return LineReport.error(line, N_("%(column)s is too large a number."), column=column)


def _differing_counts(record: Record, rows: Iterable[CandidateRow]) -> Iterator[LineReport]:
    for row, name, held in _counts(record, rows):
        if held is not None and row.votes is not None and not math.isclose(held, row.votes):
            message = N_("%(column)s is %(held)s in the race and %(found)s here; the race was left as it is.")
            yield LineReport.warning(row.line, message, column=name, held=int(held), found=row.votes)


def _store_counts(record: Record, rows: Iterable[CandidateRow]) -> None:
    missing = [(row, name) for row, name, held in _counts(record, rows) if held is None and row.votes is not None]
    record.add_variables(name for _row, name in missing)
    values: dict[RoundId, dict[str, Value]] = {}
    for row, name in missing:
        values.setdefault(RoundId(record.rounds[row.race_key].id), {})[name] = float(row.votes or 0)
    record.set_values(values)


def _counts(record: Record, rows: Iterable[CandidateRow]) -> Iterator[tuple[CandidateRow, str, float | None]]:
    for row in rows:
        if name := _COUNTED_ELSEWHERE.get(row.kind):
            held = record.value(record.rounds[row.race_key].id, name)
            yield row, name, held if isinstance(held, float) else None
