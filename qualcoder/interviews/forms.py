"""What the interview page sends."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field

from qualcoder.interviews.models import LinkType
from qualcoder.interviews.service import NewLink
from qualcoder.interviews.targets import ConsentScope, LinkKind, LinkTarget


class LinkForm(BaseModel):
    """A link to remove, or with `restore` to put back, when `target_id` names one, else one to add.

    `version` is the interview's on the page.
    """

    version: int
    type: LinkType
    key: str = Field("", max_length=60)
    kind: LinkKind = LinkKind.ROUND
    target_id: UUID | None = None
    restore: bool = False

    @property
    def to_add(self) -> NewLink:
        return NewLink(self.key.strip(), self.type)

    @property
    def target(self) -> LinkTarget | None:
        return LinkTarget(self.kind, self.target_id, self.type) if self.target_id else None


class ConsentForm(BaseModel):
    """What the respondent agreed to now, or with `again` the consent on record that counts again.

    `version` is the interview's on the page. Lengths and dates are looked at by the domain, so that what was typed is
    still there when it can't be taken.
    """

    version: int
    quote: bool = False
    share: bool = False
    archive: bool = False
    until: str = ""
    note: str = ""
    again: UUID | None = None

    @property
    def scope(self) -> ConsentScope:
        """Invalid, field by field, when it can't be taken."""
        return ConsentScope(self.quote, self.share, self.archive, self.until.strip() or None, self.note.strip())
