"""Where a file is read: in a child process with limits, unless it is a short plain text."""

from __future__ import annotations

from qualcoder.core import sandbox
from qualcoder.core.archives import damaged
from qualcoder.transcripts.parsing.formats import Format, format_of
from qualcoder.transcripts.parsing.parsed import Parsed
from qualcoder.transcripts.parsing.reading import read, unpacked

TASK = "qualcoder.transcripts.parsing.reading:read_packed"
MAX_HERE = 1024 * 1024


def parse(file_name: str, raw: bytes) -> Parsed:
    """Turns of a file, read as what its content is; refuses with Invalid (413, 415, 422) what can't be read.

    The name is a hint for formats that look like plain text, and never a reason to believe in one.
    """
    kind = format_of(file_name, raw)
    if kind is Format.PLAIN and len(raw) < MAX_HERE:
        return read(kind, raw)
    return parse_in_child(kind, raw)


def parse_in_child(kind: Format, raw: bytes) -> Parsed:
    """The same in a process of its own that may use little memory and time, and nothing else."""
    try:
        return unpacked(sandbox.run(TASK, kind.value, raw))
    except ValueError:
        raise damaged() from None
