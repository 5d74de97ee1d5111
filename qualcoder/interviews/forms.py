"""What the interview page sends."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field

from qualcoder.interviews.models import LinkType
from qualcoder.interviews.service import NewLink
from qualcoder.interviews.targets import LinkKind, LinkTarget


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
