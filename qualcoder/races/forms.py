"""What the race pages send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from qualcoder.core.messages import N_
from qualcoder.web.forms import Body, read_body


@dataclass(frozen=True, slots=True, repr=False)
class RaceUpload:
    """A file of races or candidates, or why there is none."""

    content: bytes | None
    errors: dict[str, str]


def race_upload(body: Annotated[Body, Depends(read_body)]) -> RaceUpload:
    """The multipart field `file`."""
    files = body.files.get("file")
    if not files:
        return RaceUpload(None, {"file": N_("Choose a file first.")})
    return RaceUpload(files[0].content, {})
