"""Real files that people made: as many turns and speakers as a person counted. Their texts are not shown here."""

from __future__ import annotations

import pytest

from qualcoder.transcripts.parsing import Parsed, parse
from tests.programs import samples_folder

# Turns and named speakers, looked at once beside the files.
COUNTS = {
    "en/hitsave_goodboy.srt": (481, 0),
    "en/hitsave_goodboy.vtt": (481, 0),
    "en/hitsave_goodboy.txt": (481, 0),
    "en/hitsave_lantana.md": (77, 2),
    "en/mannheimer_BSR01.docx": (88, 2),
    "en/mannheimer_BSR01.pdf": (88, 2),
    "en/mannheimer_BSR01.txt": (88, 2),
    "en/paper_themes_learning_sciences.rtf": (91, 0),
    "en/pdpilot_P1.pdf": (95, 2),
    "en/qualcoder_ID1.docx": (3, 0),
    "en/qualcoder_ID2.odt": (3, 0),
    "en/sheffield_David.docx": (76, 2),
    "en/sheffield_Kelly.docx": (143, 2),
    "en/uidaho_gluck.csv": (352, 3),
    "ru/kremlin_row041.txt": (7, 2),
    "ru/kremlin_row173.txt": (13, 2),
    "kk/ted_kk_19452.txt": (271, 4),
    "kk/ted_kk_27933.txt": (346, 0),
    "ohd_transcript_de.csv": (18, 2),
    "ohd_transcript_de.ods": (15, 2),
    "ohd_transcript_de.vtt": (5, 2),
}
SAME = (
    ("en/hitsave_goodboy.srt", "en/hitsave_goodboy.vtt", "en/hitsave_goodboy.txt"),
    ("en/mannheimer_BSR01.txt", "en/mannheimer_BSR01.docx", "en/mannheimer_BSR01.pdf"),
)


def _parsed(name: str) -> Parsed:
    return parse(name, (samples_folder() / name).read_bytes())


@pytest.mark.parametrize("name", COUNTS)
def test_a_real_file_gives_its_turns_and_speakers(name: str) -> None:
    parsed = _parsed(name)
    speakers = {turn.speaker for turn in parsed.turns} - {None}
    assert (len(parsed.turns), len(speakers)) == COUNTS[name]


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_a_real_interview_gives_the_same_turns_in_three_formats(names: tuple[str, ...]) -> None:
    first, *others = [_parsed(name).turns for name in names]
    assert all(other == first for other in others)
