"""One coding in full, beside the text: its code's rules, who gave it when, under which definition, what hangs on it.

Whoever sees a coding may inspect it. The opening of a memo or a translation is on record; the rest stands on the
coding page, whose opening is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as sql
from sqlmodel import Session, col

from qualcoder.accounts.models import Person
from qualcoder.accounts.people import names_of
from qualcoder.accounts.permissions import Act
from qualcoder.codebooks.models import Code, CodeVersion
from qualcoder.codebooks.queries import OpenCode, open_code
from qualcoder.coding import layers, memo_list, translating
from qualcoder.coding.marked import is_translated
from qualcoder.coding.models import Coding, Valence
from qualcoder.coding.queries import labels_of
from qualcoder.coding.translating import OpenTranslation
from qualcoder.core.ids import CodeId, CodingId
from qualcoder.transcripts.access import Reach


@dataclass(frozen=True, slots=True, repr=False)
class Inspected:
    """A coding and what hangs on it. `coder` is empty on one's own.

    `under` is the number of the definition it was given under, `came_from` names the code it had before a merge; both
    are for its coder and a PI.
    """

    coding_id: CodingId
    code: OpenCode
    coder: str
    made_at: datetime
    valence: Valence | None
    weight: int | None
    is_unsure: bool
    under: int | None
    came_from: str
    memos: tuple[memo_list.Line, ...]
    translations: tuple[OpenTranslation, ...]

    @property
    def is_older(self) -> bool:
        """Whether the code has another definition by now."""
        return self.under is not None and not self.came_from and self.under != self.code.number


def inspect(db: Session, me: Person, coding_id: CodingId, language: str) -> tuple[Reach, Inspected]:
    """A living coding that the person sees; NotFound for all others."""
    found, _coding = translating.reach_seen(db, me, coding_id, Act.READ_TEXT)
    memos = memo_list.on_one(db, found.access, coding_id, language)
    translated = db.execute(sql(is_translated()).where(col(Coding.id) == coding_id)).scalar_one()
    translations = translating.seen_by(db, me, coding_id) if translated else ()
    # A record in between ends what was read before it.
    found, coding = translating.reach_seen(db, me, coding_id, Act.READ_TEXT)
    code, given = db.get_one(Code, coding.code_id), db.get_one(CodeVersion, coding.code_version_id)
    is_mine = coding.coder_id == me.id
    # How a coding came about is for who settles it: another's may have been given under another's proposal.
    settles = is_mine or layers.sees_study(found.access)
    is_merged = settles and given.code_id != code.id
    came_from = labels_of(db, {CodeId(given.code_id)}, language) if is_merged else {}
    return found, Inspected(
        coding_id=coding_id,
        code=open_code(db, code, db.get_one(CodeVersion, code.code_version_id)),
        coder="" if is_mine else names_of(db, {coding.coder_id})[coding.coder_id],
        made_at=coding.created_at,
        valence=coding.valence,
        weight=coding.weight,
        is_unsure=coding.is_unsure,
        under=given.number if settles else None,
        came_from=came_from.get(given.code_id, ""),
        memos=memos,
        translations=translations,
    )
