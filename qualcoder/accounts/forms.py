"""What the account pages send."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, Field

from qualcoder.accounts.models import Layers, Originals, Pseudonyms, Role


class SignInForm(BaseModel):
    """Address and password, and the page to come back to."""

    email: str = Field(min_length=1, max_length=300)
    password: str = Field(min_length=1, max_length=1000)
    next: str = "/"


class CodeForm(BaseModel):
    """A code of the second factor or a recovery code, and the page to come back to."""

    code: str = Field(min_length=1, max_length=100)
    next: str = "/"


class SignOutForm(BaseModel):
    """Whether the browser's storage must stay, because somebody else's codings wait in it."""

    keep_storage: bool = False


class NameForm(BaseModel):
    """The name that colleagues see."""

    name: str = Field(min_length=1, max_length=120)


class NewPasswordForm(BaseModel):
    """The old password, and the new one twice."""

    old: str = Field(min_length=1, max_length=1000)
    password: str = Field(min_length=1, max_length=1000)
    again: str = Field(min_length=1, max_length=1000)


class FactorForm(BaseModel):
    """The password, and a code of the app that was just set up."""

    code: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=1000)


class FactorAct(StrEnum):
    """What the owner of a second factor may do with it."""

    NEW_CODES = "new_codes"
    TURN_OFF = "turn_off"


class FactorActForm(BaseModel):
    """The password, and what to do with the second factor."""

    factor_password: str = Field(min_length=1, max_length=1000)
    act: FactorAct


class TokenForm(BaseModel):
    """The study that a new token opens, and the password of who makes it."""

    study: str = Field(min_length=1, max_length=100)
    token_password: str = Field(min_length=1, max_length=1000)


class InviteAgainForm(BaseModel):
    """Whether the new invitation also ends the second factor."""

    resets_factor: bool = False


class PasswordForm(BaseModel):
    """A password chosen through an invitation."""

    password: str = Field(min_length=1, max_length=1000)
    again: str = Field(min_length=1, max_length=1000)


class MemberForm(BaseModel):
    """Somebody to bring into a study."""

    email: str = Field(min_length=3, max_length=300)
    name: str = Field("", max_length=120)
    role: Role


class PolicyForm(BaseModel):
    """A study's rules. A box that is not ticked is not sent."""

    needs_second_reader: bool = False
    may_accept_all: bool = False
    originals: Originals | None = None
    pseudonyms: Pseudonyms | None = None
    layers: Layers | None = None


class TitleForm(BaseModel):
    """A study's title."""

    title: str = Field("", max_length=300)


class IdentityForm(BaseModel):
    """The passphrase of the identity vault, typed twice."""

    passphrase: str = Field(min_length=1, max_length=500)
    again: str = Field(min_length=1, max_length=500)


class StudyForm(BaseModel):
    """A new study."""

    slug: str = Field(min_length=1, max_length=40)
    title: str = Field(min_length=1, max_length=300)
