"""What pages and scripts send about a name that was missed."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from qualcoder.anonymise.findings import Label
from qualcoder.coding.mask_search import LONGEST_NAME, Sought
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_


class MaskForm(BaseModel):
    """A name, what it names, which forms of it are replaced, and whether somebody understood that it is for good."""

    act: Literal["look", "mask"] = "look"
    words: str = Field("", max_length=LONGEST_NAME)
    label: Label = Label.PERSON
    forms: list[str] = Field(default_factory=list, max_length=1000)
    understood: str = Field("", max_length=10)

    def sought(self) -> Sought:
        """What is to be masked; Invalid without a form of the name, or unless its end was understood."""
        if self.act == "look":
            return Sought(self.words, self.label)
        if not self.forms:
            message = N_("Tick at least one form of the name.")
            raise Invalid(message, fields={"words": message})
        if self.understood != "yes":
            message = N_("Say that you understood: masking can't be undone.")
            raise Invalid(message, fields={"understood": message})
        return Sought(self.words, self.label, frozenset(self.forms))
