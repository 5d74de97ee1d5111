"""Whether a title or the name of a file names somebody: told to whoever uploads, refused to nobody."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.known_names import KnownNames, known_names
from qualcoder.anonymise.leaks import labels_by_rules, places, words_of_a_file_name
from qualcoder.core.ids import StudyId
from qualcoder.transcripts.parsing.parsed import Notice


def notices_about(db: Session, study_id: StudyId, title: str, file_name: str) -> Iterator[Notice]:
    """What to say about a title and a file name. The names of people in the interview itself are not known yet."""
    known = known_names(db, study_id, [_in_words(title), _in_words(file_name)])
    if _names_somebody(known, title):
        yield Notice.NAMES_IN_TITLE
    if _names_somebody(known, file_name.rpartition(".")[0] or file_name):
        yield Notice.NAMES_IN_FILE_NAME


def _names_somebody(known: KnownNames, said: str) -> bool:
    if not said.strip():
        return False
    words = _in_words(said)
    return bool(places(known, [words])) or Label.PERSON in labels_by_rules(words)


def _in_words(said: str) -> str:
    return words_of_a_file_name(said).replace("_", " ")
