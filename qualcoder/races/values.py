"""Race keys and published values in bulk, for lists to choose from and for exports."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from qualcoder.core.ids import RoundId, StudyId
from qualcoder.races.models import RaceValue, Round, Variable


def round_keys(db: Session, study_id: StudyId) -> list[str]:
    """Keys of all races of a study, in order."""
    return list(db.exec(select(Round.key).where(col(Round.study_id) == study_id).order_by(col(Round.key))))


def values_by_round(db: Session, study_id: StudyId) -> tuple[list[Variable], dict[tuple[RoundId, UUID], RaceValue]]:
    """Every variable of a study in its order, and every value by race and variable."""
    variables = db.exec(
        select(Variable).where(col(Variable.study_id) == study_id).order_by(col(Variable.position), col(Variable.name))
    ).all()
    values = db.exec(
        select(RaceValue).join(Round, col(Round.id) == col(RaceValue.round_id)).where(col(Round.study_id) == study_id)
    ).all()
    return list(variables), {(value.round_id, value.variable_id): value for value in values}
