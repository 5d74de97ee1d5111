"""The places of a study's races, for generalising a village through its district and oblast."""

from __future__ import annotations

from sqlmodel import Session, col, select

from qualcoder.anonymise.places import StudyPlace, StudyPlaces
from qualcoder.core.ids import StudyId
from qualcoder.races.models import Place


def places_of_study(db: Session, study_id: StudyId) -> StudyPlaces:
    """The places of the study's races, each with the district and oblast it lies in."""
    rows = {row.id: row for row in db.exec(select(Place).where(col(Place.study_id) == study_id))}

    def above(place: Place, level: str) -> Place | None:
        found: Place | None = place
        while found is not None and found.level != level:
            found = rows.get(found.parent_id) if found.parent_id else None
        return found

    places = []
    for place in rows.values():
        if place.level == "oblast":
            continue
        district, oblast = above(place, "district"), above(place, "oblast")
        is_unit = place.level == "unit"
        places.append(
            StudyPlace(place.name, district.name if district and is_unit else "", (oblast.iso if oblast else "") or "")
        )
    return StudyPlaces(tuple(places))
