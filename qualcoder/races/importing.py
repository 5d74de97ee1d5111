"""Rows of a race file to rows of the record: places, contests, rounds, variables and their values, by key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import Session, col, select

from qualcoder.core.ids import RoundId, StudyId, new_id
from qualcoder.races.candidates import BallotLine, CandidateRow
from qualcoder.races.files import RaceRow, Value
from qualcoder.races.models import Candidacy, Contest, Party, Place, RaceValue, Round, Variable
from qualcoder.races.variables import PARTIES, VARIABLES, Kind

# Kept on the round itself, beside the variables.
_ON_ROUND = frozenset({"source"})
PATH_JOINT = " / "


def read_values(row: RaceRow) -> dict[str, Value]:
    """The variables of a line that become values of the round."""
    return {name: value for name, value in row.values.items() if name not in _ON_ROUND}


class Record:
    """The race record of one study, loaded once for an import; new rows join the session as they are made."""

    def __init__(self, db: Session, study_id: StudyId) -> None:
        self.db = db
        self.study_id = study_id
        self.rounds = {row.key: row for row in db.exec(select(Round).where(col(Round.study_id) == study_id))}
        self.contests = {row.key: row for row in db.exec(select(Contest).where(col(Contest.study_id) == study_id))}
        self.variables = {row.name: row for row in db.exec(select(Variable).where(col(Variable.study_id) == study_id))}
        places = db.exec(select(Place).where(col(Place.study_id) == study_id)).all()
        self._places = {place.path: place for place in places}
        self._oblasts = {place.iso: place for place in places if place.iso and place.level == "oblast"}
        self._values: dict[RoundId, dict[UUID, RaceValue]] = {}
        in_study = select(RaceValue).join(Round, col(Round.id) == col(RaceValue.round_id))
        for value in db.exec(in_study.where(col(Round.study_id) == study_id)):
            self._values.setdefault(value.round_id, {})[value.variable_id] = value

    def is_same(self, row: RaceRow) -> bool:
        """Whether the record holds just what this line says."""
        known = self.rounds.get(row.key)
        contest = self.contests.get(row.contest_key)
        if known is None or contest is None or known.contest_id != contest.id:
            return False
        place = self._places.get(self._path(row))
        if place is None or contest.place_id != place.id or contest.unit_type != row.unit_type:
            return False
        as_written = (row.round_no, row.round_kind, row.election_date, row.result_status, row.values.get("source"))
        if as_written != (known.round_no, known.kind, known.held_on, known.status, known.source):
            return False
        return all(self.value(known.id, name) == value for name, value in read_values(row).items())

    def value(self, round_id: RoundId, name: str) -> Value:
        """A value as the record holds it; None when it is missing."""
        variable = self.variables.get(name)
        held = self._values.get(round_id, {}).get(variable.id) if variable else None
        if held is None:
            return None
        return held.text if held.number is None else held.number

    def keep(self, rows: Sequence[RaceRow]) -> None:
        """Write lines: new rounds, and those with a known key brought up to date."""
        # In the order of the references: without relationships the session does not sort inserts itself.
        units = [self._unit(row) for row in rows]
        self.db.flush()
        contests = [self._contest(row, unit) for row, unit in zip(rows, units, strict=True)]
        self.db.flush()
        rounds = [self._round(row, contest) for row, contest in zip(rows, contests, strict=True)]
        self.db.flush()
        self.set_values({found.id: read_values(row) for row, found in zip(rows, rounds, strict=True)})

    def _contest(self, row: RaceRow, unit: Place) -> Contest:
        found = self.contests.get(row.contest_key)
        if found is None:
            found = Contest(study_id=self.study_id, key=row.contest_key, place_id=unit.id, unit_type=row.unit_type)
            self.contests[row.contest_key] = found
            self.db.add(found)
        found.place_id, found.unit_type = unit.id, row.unit_type
        return found

    def _round(self, row: RaceRow, contest: Contest) -> Round:
        source = row.values.get("source")
        found = self.rounds.get(row.key)
        if found is None:
            found = Round(
                study_id=self.study_id,
                contest_id=contest.id,
                key=row.key,
                round_no=row.round_no,
                kind=row.round_kind,
                status=row.result_status,
            )
            self.rounds[row.key] = found
            self.db.add(found)
        else:
            # Its values are part of it, so its version grows even when none of its own columns changes.
            flag_modified(found, "status")
        found.contest_id, found.round_no, found.kind = contest.id, row.round_no, row.round_kind
        found.held_on, found.status = row.election_date, row.result_status
        found.source = source if isinstance(source, str) else None
        return found

    def set_values(self, values: Mapping[RoundId, Mapping[str, Value]]) -> None:
        """Set these variables of each round and leave the others; None removes a value."""
        new: list[dict[str, object]] = []
        for round_id, of_round in values.items():
            held = self._values.get(round_id, {})
            for name, value in of_round.items():
                variable = self.variables[name]
                known = held.get(variable.id)
                number = None if isinstance(value, str) else value
                text = value if isinstance(value, str) else None
                if known is not None and value is None:
                    self.db.delete(known)
                elif known is not None:
                    known.number, known.text = number, text
                elif value is not None:
                    ids = {"id": new_id(), "round_id": round_id, "variable_id": variable.id}
                    new.append({**ids, "number": number, "text": text})
        if new:
            # Thousands of rows: as objects they would hold the writers' turn for seconds.
            self.db.execute(insert(RaceValue), new)

    def add_variables(self, names: Iterable[str]) -> None:
        """Make sure that these variables exist, in the order of the published list."""
        order = list(VARIABLES)
        for name in names:
            if name in self.variables or name in _ON_ROUND:
                continue
            known = VARIABLES[name]
            self.variables[name] = Variable(
                study_id=self.study_id,
                name=name,
                label=known.label.en,
                kind="text" if known.kind is Kind.TEXT else "number",
                position=order.index(name),
            )
            self.db.add(self.variables[name])
        self.db.flush()

    def add_parties(self, rows: Sequence[RaceRow]) -> None:
        """Make sure that the ways of nomination that occur exist under their codes."""
        seen = {int(code) for row in rows if (code := row.number("party")) is not None and code in PARTIES}
        held = set(_party_codes(self.db, self.study_id))
        self.db.add_all(Party(study_id=self.study_id, code=code, name=PARTIES[code].en) for code in sorted(seen - held))

    def _path(self, row: RaceRow) -> str:
        oblast = self._oblasts.get(row.oblast_iso)
        top = oblast.path if oblast else row.oblast or row.oblast_iso
        return PATH_JOINT.join(name for name in (top, row.district, row.unit) if name)

    def _unit(self, row: RaceRow) -> Place:
        """The unit of a line, with the oblast and the district above it. An oblast is known by its ISO code."""
        top = self._oblasts.get(row.oblast_iso)
        if top is None and (row.oblast or row.oblast_iso):
            top = self._place(None, "oblast", row.oblast or row.oblast_iso)
            if row.oblast_iso:
                top.iso = row.oblast_iso
                self._oblasts[row.oblast_iso] = top
        district = self._place(top, "district", row.district) if row.district else top
        return self._place(district, "unit", row.unit)

    def _place(self, parent: Place | None, level: str, name: str) -> Place:
        path = PATH_JOINT.join((parent.path, name)) if parent else name
        found = self._places.get(path)
        if found is None:
            found = Place(
                study_id=self.study_id, parent_id=parent.id if parent else None, level=level, name=name, path=path
            )
            self._places[path] = found
            self.db.add(found)
        return found


def _party_codes(db: Session, study_id: StudyId) -> Collection[int]:
    return db.exec(select(Party.code).where(col(Party.study_id) == study_id)).all()


def keep_ballot(db: Session, round_id: RoundId, rows: Iterable[CandidateRow]) -> None:
    """Make the candidates of a round those of the file, by their number on the ballot."""
    held = {row.number: row for row in db.exec(select(Candidacy).where(col(Candidacy.round_id) == round_id))}
    for row in rows:
        if row.kind is not BallotLine.CANDIDATE or row.candidate_no is None:
            continue
        found = held.pop(row.candidate_no, None)
        if found is None:
            found = Candidacy(round_id=round_id, number=row.candidate_no, name=row.name_as_printed)
            db.add(found)
        found.name, found.birth_year, found.residence = row.name_as_printed, row.birth_year, row.residence or None
        found.votes, found.is_elected = row.votes, row.is_elected
    for gone in held.values():
        db.delete(gone)
