"""Every sealed field, with a number that is never changed or used again.

The number is part of what a sealed value is bound to, so a column may be renamed freely.
docs: SECURITY.md lists them (a house test compares).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic_core import PydanticUndefined
from sqlalchemy import LargeBinary
from sqlmodel import Field


class KeyKind(StrEnum):
    """Whose key seals a field."""

    SYSTEM = "system"
    STUDY = "study"
    INTERVIEW = "interview"
    RESPONDENT = "respondent"
    VAULT = "vault"


@dataclass(frozen=True, slots=True)
class SealedField:
    """One sealed field: its number for good, its `table.column`, whose key seals it."""

    number: int
    name: str
    kind: KeyKind


_I, _R, _S, _U, _V = (
    KeyKind.INTERVIEW,
    KeyKind.RESPONDENT,
    KeyKind.STUDY,
    KeyKind.SYSTEM,
    KeyKind.VAULT,
)

WRAPPED_KEY = SealedField(0x0001, "keys.wrapped", _U)
IDENTITY_PRIVATE = SealedField(0x0002, "identity_key.private", _S)
BLOB_CHUNK = SealedField(0x0101, "blob_chunk.body_ct", _I)
BLOB_CHUNK_STUDY = SealedField(0x0102, "blob_chunk.body_ct", _S)

PERSON_EMAIL = SealedField(0x0201, "person.email_ct", _U)
PERSON_NAME = SealedField(0x0202, "person.name_ct", _U)
PERSON_TOTP = SealedField(0x0203, "person.totp_ct", _U)
STUDY_TITLE = SealedField(0x0204, "study.title_ct", _S)

RESPONDENT_ATTRIBUTES = SealedField(0x0301, "respondent.attributes_ct", _R)
INTERVIEW_DETAILS = SealedField(0x0302, "interview.details_ct", _I)
PARTICIPATION_TARGET = SealedField(0x0303, "participation.target_ct", _I)
CONSENT_SCOPE = SealedField(0x0304, "consent.scope_ct", _I)
LINK_TARGET = SealedField(0x0305, "link.target_ct", _I)
INSTRUMENT_BODY = SealedField(0x0306, "instrument.body_ct", _S)

TRANSCRIPT_TITLE = SealedField(0x0401, "transcript.title_ct", _I)
TRANSCRIPT_FILE_NAME = SealedField(0x0402, "transcript.file_name_ct", _I)
TURN_SPEAKER = SealedField(0x0403, "turn.speaker_ct", _I)
TURN_BODY = SealedField(0x0404, "turn.body_ct", _I)
FLAG_NOTE = SealedField(0x0405, "flag.note_ct", _I)
FLAG_REASON = SealedField(0x0406, "flag.reason_ct", _I)

ENTITY_PSEUDONYM = SealedField(0x0501, "entity.pseudonym_ct", _S)
ENTITY_NAME = SealedField(0x0502, "entity.name_ct", _V)
SURFACE_FORM = SealedField(0x0503, "surface_index.form_ct", _V)
PII_REPLACEMENT = SealedField(0x0504, "pii_span.replacement_ct", _S)
LIST_ENTRY_FORM = SealedField(0x0505, "list_entry.form_ct", _V)
PII_REASON = SealedField(0x0506, "pii_span.keep_reason_ct", _S)
ENTITY_LEVELS = SealedField(0x0507, "entity.levels_ct", _S)
REPLACEMENT_SHOWN = SealedField(0x0508, "replacement_log.shown_ct", _S)
PII_FIRST_WORDS = SealedField(0x0510, "pii_span.first_words_ct", _S)

CODEBOOK_NAME = SealedField(0x0601, "codebook.name_ct", _S)
CODE_NAME = SealedField(0x0602, "code_version.name_ct", _S)
CODE_DEFINITION = SealedField(0x0603, "code_version.definition_ct", _S)
CODE_FIELDS = SealedField(0x0604, "code_version.fields_ct", _S)
CODE_ALIASES = SealedField(0x0605, "code_version.aliases_ct", _S)
CODE_CHANGE = SealedField(0x0606, "code_change.payload_ct", _S)

MEMO_BODY = SealedField(0x0701, "memo.body_ct", _I)
MEMO_BODY_STUDY = SealedField(0x0702, "memo.body_ct", _S)
COMMAND_PAYLOAD = SealedField(0x0703, "command.payload_ct", _I)
COMMAND_PAYLOAD_STUDY = SealedField(0x0704, "command.payload_ct", _S)
ROUND_NAME = SealedField(0x0705, "round_of_coding.name_ct", _S)
TRANSLATION_BODY = SealedField(0x0706, "translation.body_ct", _I)

VIEW_SPEC = SealedField(0x0801, "saved_view.spec_ct", _S)
SNAPSHOT_SPEC = SealedField(0x0802, "snapshot.spec_ct", _S)
EXPORT_SPEC = SealedField(0x0803, "export_ledger.spec_ct", _S)

ALL: tuple[SealedField, ...] = tuple(value for value in dict(globals()).values() if isinstance(value, SealedField))


def sealed(*fields: SealedField, nullable: bool = False) -> Any:
    """A column that holds ciphertext of these fields (more than one where the key depends on the row)."""
    default: Any = None if nullable else PydanticUndefined
    return Field(
        default=default,
        nullable=nullable,
        sa_type=LargeBinary,
        sa_column_kwargs={"info": {"sealed": fields}},
        repr=False,
    )
