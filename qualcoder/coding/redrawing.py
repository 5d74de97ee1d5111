"""Turns drawn anew for an open page: with the codings that its reader sees now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from qualcoder.accounts.models import Person
from qualcoder.coding import log, opening, queries
from qualcoder.coding.passages import version_of
from qualcoder.coding.rendering import turn_views
from qualcoder.coding.view import CodeCount, TouchedView
from qualcoder.core.ids import TranscriptId
from qualcoder.core.text import Span
from qualcoder.transcripts.access import Reach
from qualcoder.transcripts.models import Turn
from qualcoder.transcripts.queries import OpenTurn, open_turns

# A page with more to draw asks again.
AT_ONCE = 40


def redrawn(
    db: Session, me: Person, transcript_id: TranscriptId, numbers: Sequence[int], given: str, language: str
) -> tuple[Reach, TouchedView]:
    """These turns, every count and what can be undone; numbers without a turn are left out.

    The same statements for any number of turns. `given` is the page's proof that its opening is on record.
    """
    found = opening.reach_opened(db, me, transcript_id, given)
    wanted = {*numbers[:AT_ONCE]}
    # The turn before lends its lanes, so that a line goes on where it was.
    rows = db.exec(
        select(Turn)
        .where(col(Turn.text_version_id) == version_of(found.transcript))
        .where(col(Turn.n).in_({*wanted, *(n - 1 for n in wanted)}))
        .order_by(col(Turn.start))
    ).all()
    turns = open_turns(db, found.key, list(rows))
    runs = list(_runs(turns))
    spans = [Span(run[0].start, run[-1].end) for run in runs]
    marks = queries.marks_in(db, found, language, spans) if spans else []
    drawn = [view for run in runs for view in turn_views([*map(queries.turn_text, run)], marks, wanted)]
    counts = queries.counts_in(db, found).by_code
    ends = log.ends(db, found)
    codes = {one.code_id for one in (ends.undo, ends.redo) if one is not None and one.code_id is not None}
    history = queries.history_of(ends, queries.labels_of(db, codes, language))
    shown = tuple(CodeCount(code_id, n) for code_id, n in counts.items())
    return found, TouchedView(
        found.transcript.id, tuple(drawn), shown, sum(counts.values()), found.transcript.text_number, history
    )


def _runs(turns: Sequence[OpenTurn]) -> Iterator[list[OpenTurn]]:
    """Turns that follow one another."""
    run: list[OpenTurn] = []
    for turn in turns:
        if run and turn.n != run[-1].n + 1:
            yield run
            run = []
        run.append(turn)
    if run:
        yield run
