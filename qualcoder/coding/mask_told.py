"""What holds a name that is being masked and stays as it is: titles, names of files, codes and their older wordings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from qualcoder.anonymise.leaks import words_of_a_file_name
from qualcoder.codebooks.queries import OpenCode, every_version
from qualcoder.core.ids import StudyId
from qualcoder.transcripts.models import Transcript
from qualcoder.transcripts.queries import title_of
from qualcoder.vault import fields as f
from qualcoder.vault import sealing
from qualcoder.vault.keys import KeyRef


class Held(StrEnum):
    """What may hold a name and is not changed with the texts, because other people need it as it is."""

    TITLE = "title"
    FILE_NAME = "file_name"
    CODE = "code"
    OLDER_CODE = "older_code"


@dataclass(frozen=True, slots=True)
class Told:
    """Something that holds the name and stays: what it is, and its serial or key."""

    kind: Held
    name: str


def told_of(
    db: Session, study_id: StudyId, released: Collection[Transcript], is_in: Callable[..., bool]
) -> Iterator[Told]:
    """What `is_in` finds the name in, each once: by serial, codes by key."""
    for row in released:
        if is_in(title_of(db, row)):
            yield Told(Held.TITLE, row.serial)
        key = KeyRef.interview(row.interview_id, study_id)
        name = sealing.open_(db, key, f.TRANSCRIPT_FILE_NAME, row, row.file_name_ct)
        if is_in(words_of_a_file_name(name)):
            yield Told(Held.FILE_NAME, row.serial)
    older = []
    for code, is_current in every_version(db, study_id):
        if not is_in(*_words_of(code)):
            continue
        if is_current:
            yield Told(Held.CODE, code.key)
        else:
            older.append(Told(Held.OLDER_CODE, code.key))
    yield from dict.fromkeys(older)


def _words_of(code: OpenCode) -> list[str]:
    fields = (code.label, code.definition, code.include, code.exclude, code.example, code.near_miss)
    said = [text for one in fields for text in (one.en, one.ru, one.kk)]
    return [*said, *code.aliases.en, *code.aliases.ru, *code.aliases.kk, code.source]
