"""What people said or are is sealed; each rule notices a column that forgets it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import JSON, Column, Date, Integer, LargeBinary, MetaData, String, Table, Text

from qualcoder.schema import DATA, KEYS
from qualcoder.vault import fields as f
from qualcoder.vault.fields import ALL, KeyKind, SealedField
from tests.house import schema_rules


def test_every_text_binary_or_json_column_is_sealed_or_explained() -> None:
    assert schema_rules.explained(DATA, KEYS) == []


def test_readable_dates_are_of_the_public_record() -> None:
    assert schema_rules.dates(DATA, KEYS) == []


def test_each_sealed_field_is_one_column_and_each_sealed_column_its_fields() -> None:
    assert schema_rules.fields_and_columns(ALL, DATA, KEYS) == []


def test_every_sealed_row_counts_its_sealings() -> None:
    assert schema_rules.versions(DATA, KEYS) == []


# Numbers are part of what sealed values are bound to: none may ever change. A new field adds a line.
NUMBERS = {
    0x0001: "keys.wrapped",
    0x0002: "identity_key.private",
    0x0101: "blob_chunk.body_ct",
    0x0102: "blob_chunk.body_ct",
    0x0201: "person.email_ct",
    0x0202: "person.name_ct",
    0x0203: "person.totp_ct",
    0x0204: "study.title_ct",
    0x0301: "respondent.attributes_ct",
    0x0302: "interview.details_ct",
    0x0303: "participation.target_ct",
    0x0304: "consent.scope_ct",
    0x0305: "link.target_ct",
    0x0306: "instrument.body_ct",
    0x0401: "transcript.title_ct",
    0x0402: "transcript.file_name_ct",
    0x0403: "turn.speaker_ct",
    0x0404: "turn.body_ct",
    0x0405: "flag.note_ct",
    0x0406: "flag.reason_ct",
    0x0501: "entity.pseudonym_ct",
    0x0502: "entity.name_ct",
    0x0503: "surface_index.form_ct",
    0x0504: "pii_span.replacement_ct",
    0x0505: "list_entry.form_ct",
    0x0506: "pii_span.keep_reason_ct",
    0x0507: "entity.levels_ct",
    0x0508: "replacement_log.shown_ct",
    0x0510: "pii_span.first_words_ct",
    0x0601: "codebook.name_ct",
    0x0602: "code_version.name_ct",
    0x0603: "code_version.definition_ct",
    0x0604: "code_version.fields_ct",
    0x0605: "code_version.aliases_ct",
    0x0606: "code_change.payload_ct",
    0x0701: "memo.body_ct",
    0x0702: "memo.body_ct",
    0x0703: "command.payload_ct",
    0x0704: "command.payload_ct",
    0x0705: "round_of_coding.name_ct",
    0x0706: "translation.body_ct",
    0x0801: "saved_view.spec_ct",
    0x0802: "snapshot.spec_ct",
    0x0803: "export_ledger.spec_ct",
}


def test_no_number_was_ever_changed() -> None:
    assert {field.number: field.name for field in ALL} == NUMBERS
    assert len(ALL) == len(NUMBERS)


def test_names_of_people_are_of_the_vault() -> None:
    assert {field.name for field in ALL if field.kind is KeyKind.VAULT} == {
        "entity.name_ct",
        "surface_index.form_ct",
        "list_entry.form_ct",
    }


def _with(name: str, kind: Any, **info: object) -> MetaData:
    metadata = MetaData()
    Table("respondent", metadata, Column("id", Integer), Column(name, kind, info=info))
    return metadata


ATTRIBUTES = (f.RESPONDENT_ATTRIBUTES,)


@pytest.mark.parametrize(
    "metadata",
    [
        _with("name", String(40)),
        _with("name", Text),
        _with("picture", LargeBinary),
        _with("answers", JSON),
        _with("name", String(40), harmless=""),
        _with("attributes", LargeBinary, sealed=ATTRIBUTES),
        _with("name_ct", LargeBinary, harmless="it is not"),
        _with("attributes_ct", LargeBinary, sealed=ATTRIBUTES, harmless="both"),
        _with("attributes_ct", Text, sealed=ATTRIBUTES),
    ],
)
def test_a_column_that_is_neither_sealed_nor_explained_is_noticed(metadata: MetaData) -> None:
    assert schema_rules.explained(metadata)


def test_a_readable_date_of_a_respondent_is_noticed() -> None:
    assert schema_rules.dates(_with("born_on", Date)) == ["respondent.born_on is a readable date"]


@pytest.mark.parametrize(
    ("fields", "metadata"),
    [
        (ATTRIBUTES, _with("notes_ct", LargeBinary, sealed=ATTRIBUTES)),
        (ATTRIBUTES, _with("serial", Integer)),
        ((), _with("attributes_ct", LargeBinary, sealed=ATTRIBUTES)),
        (
            (f.RESPONDENT_ATTRIBUTES, SealedField(0x0301, "respondent.notes_ct", KeyKind.RESPONDENT)),
            _with("attributes_ct", LargeBinary, sealed=ATTRIBUTES),
        ),
    ],
    ids=["another column", "no column", "not listed", "a number used twice"],
)
def test_a_field_without_its_column_or_number_is_noticed(fields: tuple[SealedField, ...], metadata: MetaData) -> None:
    assert schema_rules.fields_and_columns(fields, metadata)


def test_a_sealed_table_without_a_count_of_sealings_is_noticed() -> None:
    assert schema_rules.versions(_with("attributes_ct", LargeBinary, sealed=ATTRIBUTES))
