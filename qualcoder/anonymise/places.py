"""Where places lie: by the classifier, if it was imported, by the study's own races, and the twenty oblasts built in.

A parent is told only when there is no doubt: a village name that stands in two districts has no district here, unless
one of them is among those that the study's races are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlmodel import Session, col, delete, func, insert, or_, select

from qualcoder.anonymise.classifier import OfficialPlace, PlaceLevel, bare_name
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.generalising import NOWHERE, Parents
from qualcoder.anonymise.models import ClassifierPlace
from qualcoder.anonymise.oblast_names import BY_ISO, BY_KATO, PlaceName
from qualcoder.anonymise.scripts import in_latin, skeleton
from qualcoder.anonymise.surfaces import indexed, named_words, sought, stems
from qualcoder.core.ids import new_id

_BATCH = 500
_FINE = (PlaceLevel.SETTLEMENT, PlaceLevel.SUB_DISTRICT)


@dataclass(frozen=True, slots=True)
class StudyPlace:
    """A place of the study's races: its name, and the names above it as the race file has them."""

    name: str
    district: str = ""
    oblast_iso: str = ""


@dataclass(frozen=True, slots=True)
class StudyPlaces:
    """The places of one study's races."""

    places: tuple[StudyPlace, ...] = ()
    districts: frozenset[str] = field(init=False)
    oblasts: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "districts", frozenset(_rough_key(p.district) for p in self.places if p.district))
        object.__setattr__(self, "oblasts", frozenset(p.oblast_iso for p in self.places if p.oblast_iso))


NO_PLACES = StudyPlaces()


def _rough_key(name: str) -> str:
    return " ".join(skeleton(word)[:5] for word in named_words(bare_name(name)))


def replace_classifier(db: Session, places: Sequence[OfficialPlace]) -> None:
    """Put these places in the place of all that were there. One transaction, about a second for the official file."""
    db.execute(delete(ClassifierPlace))
    rows = [
        {
            "id": new_id(),
            "code": place.code,
            "level": place.level,
            "name_ru": place.name_ru,
            "name_kk": place.name_kk,
            "key_ru": _key(place.name_ru, "ru"),
            "key_kk": _key(place.name_kk, "kk"),
        }
        for place in places
    ]
    for first in range(0, len(rows), _BATCH):
        db.execute(insert(ClassifierPlace), rows[first : first + _BATCH])


def size_of_classifier(db: Session) -> int:
    return db.exec(select(func.count()).select_from(ClassifierPlace)).one()


def _key(name: str, language: str) -> str:
    forms = stems(bare_name(name), language)
    return forms[-1][:200] if forms else ""


def parents_of(db: Session, surface: str, label: Label, language: str, study: StudyPlaces = NO_PLACES) -> Parents:
    """What a mentioned place lies in, as far as that is beyond doubt."""
    if label not in {Label.PLACE_FINE, Label.PLACE_COARSE}:
        return NOWHERE
    own = _in_study(surface, language, study)
    return own if own.district or own.oblast else _in_classifier(db, surface, label, language, study)


def _in_study(surface: str, language: str, study: StudyPlaces) -> Parents:
    wanted = set(_of_the_whole(surface, sought(surface, language)))
    found = [place for place in study.places if wanted & _names_of(place)]
    districts = {place.district for place in found}
    oblasts = {place.oblast_iso for place in found}
    oblast = BY_ISO.get(oblasts.pop()) if len(oblasts) == 1 else None
    if len(districts) != 1 or not (district := districts.pop()):
        return Parents(None, oblast)
    return Parents(_district_name(district), oblast)


@lru_cache(maxsize=4096)
def _names_of(place: StudyPlace) -> frozenset[str]:
    name = bare_name(place.name)
    return frozenset(_of_the_whole(name, indexed(name, "mixed")))


def _of_the_whole(name: str, forms: Iterable[str]) -> list[str]:
    """Every form of a single word; of several words only the whole, or Большое Примерное were any Примерное."""
    is_single = len(named_words(name)) == 1
    return [form for form in forms if is_single or " " in form]


def _district_name(name: str) -> PlaceName:
    """A district as the race file writes it, in one script only: the same in the other languages, with a type word."""
    if "район" in name.casefold() or "аудан" in name.casefold() or "district" in name.casefold():
        return PlaceName(name, name, name)
    latin = in_latin(name)
    return PlaceName(f"{name} ауданы", f"район {name}", f"{latin} district")


def _in_classifier(db: Session, surface: str, label: Label, language: str, study: StudyPlaces) -> Parents:
    keys = [form for form in _of_the_whole(surface, stems(surface, language)) if form]
    if not keys:
        return NOWHERE
    levels = _FINE if label is Label.PLACE_FINE else (PlaceLevel.DISTRICT,)
    rows = db.exec(
        select(ClassifierPlace).where(
            or_(col(ClassifierPlace.key_ru).in_(keys), col(ClassifierPlace.key_kk).in_(keys)),
            col(ClassifierPlace.level).in_(levels),
        )
    ).all()
    if not rows:
        return NOWHERE
    above = _above(db, rows)
    candidates = _likely([_official(row) for row in rows], above, study)
    oblasts = {place.oblast_code for place in candidates}
    oblast = BY_KATO.get(oblasts.pop()[:2]) if len(oblasts) == 1 else None
    districts = {place.district_code for place in candidates}
    district = above.get(districts.pop()) if len(districts) == 1 and label is Label.PLACE_FINE else None
    return Parents(_official_name(district) if district else None, oblast)


def _official(row: ClassifierPlace) -> OfficialPlace:
    return OfficialPlace(row.code, row.level, row.name_ru, row.name_kk)


def _above(db: Session, rows: Iterable[ClassifierPlace]) -> dict[str, OfficialPlace]:
    codes = {_official(row).district_code for row in rows}
    found = db.exec(
        select(ClassifierPlace).where(
            col(ClassifierPlace.code).in_(codes), col(ClassifierPlace.level) == PlaceLevel.DISTRICT
        )
    )
    return {row.code: _official(row) for row in found}


def _likely(
    candidates: list[OfficialPlace], above: dict[str, OfficialPlace], study: StudyPlaces
) -> list[OfficialPlace]:
    """Those in a district of the study's races, else those in one of its oblasts, else all."""

    def is_in_district(place: OfficialPlace) -> bool:
        district = above.get(place.district_code)
        names = (district.name_ru, district.name_kk) if district else ()
        return any(_rough_key(name) in study.districts for name in names)

    def is_in_oblast(place: OfficialPlace) -> bool:
        oblast = BY_KATO.get(place.code[:2])
        return any(BY_ISO[iso] == oblast for iso in study.oblasts if iso in BY_ISO)

    return (
        [place for place in candidates if is_in_district(place)]
        or [place for place in candidates if is_in_oblast(place)]
        or candidates
    )


def _official_name(place: OfficialPlace) -> PlaceName:
    return PlaceName(place.name_kk, place.name_ru, f"{in_latin(bare_name(place.name_kk).split(' ')[0])} district")
