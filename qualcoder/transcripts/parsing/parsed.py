"""What a reader of any format hands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from qualcoder.core.messages import N_


class Notice(StrEnum):
    """Something that a person should look at: what a reader decided, or what a title or file name says."""

    CHANGES = "changes"
    COMMENTS = "comments"
    FOOTNOTES = "footnotes"
    COLUMNS = "columns"
    SHEETS = "sheets"
    PAGES = "pages"
    NAMES_IN_TITLE = "names_in_title"
    NAMES_IN_FILE_NAME = "names_in_file_name"


NOTICE_MESSAGES: dict[Notice, str] = {
    Notice.CHANGES: N_("The file had tracked changes: insertions were kept, deletions were left out."),
    Notice.COMMENTS: N_("Comments in the file were left out."),
    Notice.FOOTNOTES: N_("Footnotes in the file were left out."),
    Notice.COLUMNS: N_("Columns other than speaker, text and time were left out."),
    Notice.SHEETS: N_("The file has several sheets; the first one with a column of texts was read."),
    Notice.PAGES: N_("A PDF has lines and no paragraphs: check where the turns begin."),
    Notice.NAMES_IN_TITLE: N_(
        "The title looks like the name of a person. Coders never see it and no export holds it, but every list of"
        " researchers does: a neutral title is safer."
    ),
    Notice.NAMES_IN_FILE_NAME: N_(
        "The name of the file looks like the name of a person. It is kept sealed here; rename the file where it lies"
        " on your disk too."
    ),
}


def notice_messages(codes: Iterable[str]) -> tuple[str, ...]:
    """The sentences of these notices; a code of another version of the program is passed over."""
    return tuple(NOTICE_MESSAGES[Notice(code)] for code in codes if code in set(Notice))


@dataclass(frozen=True, slots=True)
class ParsedTurn:
    """One turn: a body without line feeds, and the label of its speaker if the file gave one."""

    speaker: str | None = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The turns of a file in reading order. The text of the version is the bodies joined by one LF."""

    turns: tuple[ParsedTurn, ...]
    encoding: str
    had_speakers: bool
    notices: tuple[Notice, ...] = ()

    @property
    def text(self) -> str:
        """The text every offset of the version points into."""
        return "\n".join(turn.body for turn in self.turns)
