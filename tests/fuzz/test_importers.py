"""No broken file, however made, does more than be refused with a sentence. `--fuzz 5000` tries more of them."""

from __future__ import annotations

import io
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
import pytest

from qualcoder.core.errors import Invalid
from qualcoder.core.filetypes import FileType, recognise
from qualcoder.core.sandbox import Child, Limits
from qualcoder.transcripts.parsing import Format, format_of
from qualcoder.transcripts.parsing.reading import unpacked
from qualcoder.transcripts.parsing.sandbox import TASK
from qualcoder.transcripts.parsing.turns import MAX_TURN
from tests.fuzz.mutations import broken
from tests.transcripts.parsing import documents

PATIENT = Limits(memory_mb=1024, cpu_seconds=3_600, wait_seconds=600)
PARSING = "qualcoder.transcripts.parsing"
EXPECTED_SHARE = 0.6
# Counting lines makes a reader three times slower, so it ends here.
COUNTED = 500


@dataclass(frozen=True, slots=True)
class Importer:
    """A reader, valid files for it, what else counts as a file of its kind, and the modules that do its work."""

    task: str
    seeds: Callable[[], Sequence[bytes]]
    accepts: Callable[[bytes], bool]
    modules: str
    is_transcript: bool = True


def _talks(*names: str) -> Callable[[], Sequence[bytes]]:
    return lambda: [documents.WRITERS[name](talk) for name in names for talk in documents.TALKS.values()]


def _word() -> Sequence[bytes]:
    changes = (
        "<w:ins><w:r><w:t>Q: a</w:t><w:tab/><w:br/></w:r></w:ins><w:del><w:r><w:delText>b</w:delText></w:r></w:del>"
    )
    return [*_talks("talk.docx", "table.docx")(), documents.document_xml(f"<w:p>{changes}</w:p>")]


def _open_document() -> Sequence[bytes]:
    cell = "<table:table-row><table:table-cell><text:p>Q</text:p></table:table-cell></table:table-row>"
    body = f'<text:p>a<text:s text:c="3"/>b<text:tab/></text:p><table:table>{cell}</table:table><text:note/>'
    return [*_talks("talk.odt")(), documents.content_xml(body)]


def _rich_text() -> Sequence[bytes]:
    more = rb"{\rtf1\ansi Q: a\par {\deleted b}{\pict\bin3 abc}\u8212?\trowd Q\cell words\cell\row {\*\annotation c}}"
    return [*_talks("talk.rtf")(), more]


def _race_table() -> pd.DataFrame:
    return pd.DataFrame(
        {"race_id": ["a", "b"], "votes": [1.5, float("nan")], "held": pd.to_datetime(["2022-09-25"] * 2)}
    )


def _stata(version: int) -> bytes:
    written = io.BytesIO()
    _race_table().to_stata(written, write_index=False, version=version)  # type: ignore[arg-type]  # 114 to 119
    return written.getvalue()


def _is(kind: Format, name: str, raw: bytes) -> bool:
    try:
        return format_of(name, raw) is kind
    except Invalid:
        return False


def _is_kind(kind: FileType, raw: bytes) -> bool:
    return recognise(raw) is kind


def _transcript(kind: Format, name: str, seeds: Callable[[], Sequence[bytes]], *modules: str) -> Importer:
    names = [f"{PARSING}.{module}" if "." not in module else f"qualcoder.{module}" for module in modules]
    return Importer(f"{TASK} {kind.value}", seeds, partial(_is, kind, name), ",".join(names))


IMPORTERS = {
    "plain": _transcript(Format.PLAIN, "x.txt", _talks("talk.txt"), "plain", "turns", "labels", "times", "cleaning"),
    "docx": _transcript(Format.DOCX, "x", _word, "docx", "blocks", "tables", "core.archives", "core.markup"),
    "odt": _transcript(Format.ODT, "x", _open_document, "odt", "blocks"),
    "rtf": _transcript(Format.RTF, "x", _rich_text, "rtf"),
    "pdf": _transcript(Format.PDF, "x", _talks("talk.pdf"), "pdf"),
    "subtitles": _transcript(Format.SUBTITLES, "x.srt", _talks("talk.srt", "talk.vtt"), "subtitles"),
    "markdown": _transcript(Format.MARKDOWN, "x.md", _talks("talk.md"), "markdown"),
    "web page": _transcript(Format.WEB_PAGE, "x.html", _talks("talk.html"), "webpage"),
    "csv": _transcript(Format.CSV, "x.csv", _talks("talk.csv"), "sheets", "tables"),
    "workbook": _transcript(Format.WORKBOOK, "x", _talks("talk.xlsx"), "sheets", "core.workbooks"),
    "races, workbook": Importer(
        "qualcoder.core.workbooks:first_table x",
        lambda: [documents.workbook([("race_id", "votes"), ("a", 1.5), ("b", "=1+1")])],
        partial(_is_kind, FileType.SPREADSHEET),
        "qualcoder.core.workbooks",
        is_transcript=False,
    ),
    "races, Stata": Importer(
        "qualcoder.races.stata_files:table x",
        lambda: [_stata(version) for version in (114, 117, 118, 119)],
        partial(_is_kind, FileType.STATA),
        "qualcoder.races.stata_files",
        is_transcript=False,
    ),
}


@pytest.mark.parametrize("name", IMPORTERS)
def test_broken_files_are_read_or_refused_with_a_sentence(
    name: str, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    importer, count = IMPORTERS[name], int(request.config.getoption("--fuzz"))
    seeds = importer.seeds()
    ends: Counter[str] = Counter()
    accepted = 0
    begun = time.monotonic()
    with Child(PATIENT) as child:
        assert all(_end(importer, child, seed) == "read" for seed in seeds)
        lines: object = None
        for number in range(count):
            if number == COUNTED:
                lines = child.ask("tests.fuzz.watched:shares", importer.modules, b"")
            raw = broken(seeds, number, name)
            accepted += importer.accepts(raw)
            ends[_end(importer, child, raw, is_counted=number < COUNTED)] += 1
        took = time.monotonic() - begun
        lines = lines or child.ask("tests.fuzz.watched:shares", importer.modules, b"")
    assert accepted >= EXPECTED_SHARE * count
    assert isinstance(lines, dict)
    covered = ", ".join(f"{module.rpartition('.')[2]} {done}/{all_}" for module, (done, all_) in lines.items())
    record_property(
        "measured", f"{name}: {dict(ends)}, {accepted / count:.0%} of the kind, {count / took:.0f}/s; {covered}"
    )


def _end(importer: Importer, child: Child, raw: bytes, *, is_counted: bool = True) -> str:
    """How reading this file ended, after a look at what came of it."""
    before = child.process
    task, argument = ("tests.fuzz.watched:run", importer.task) if is_counted else importer.task.split(" ", 1)
    refusal: Invalid | None = None
    value: object = None
    try:
        value = child.ask(task, argument, raw)
    except Invalid as refused:
        refusal = refused
    if refusal:
        assert refusal.message.endswith(".")
        assert refusal.status in {413, 415, 422}
        return "refused" if child.process is before else "child ended"
    if importer.is_transcript:
        parsed = unpacked(value)
        assert parsed.turns
        assert all(turn.body.strip() and "\n" not in turn.body and len(turn.body) <= MAX_TURN for turn in parsed.turns)
        assert unicodedata.is_normalized("NFC", parsed.text)
    return "read"
