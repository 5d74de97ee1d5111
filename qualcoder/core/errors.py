"""The five kinds of refusal that domain code raises."""

from __future__ import annotations

from collections.abc import Mapping

from qualcoder.core.messages import N_


class DomainError(Exception):
    """Something a person asked for can't be done; says what and what to do next.

    `message` is an English msgid, `params` fill it. Neither ever holds respondents' text.
    """

    status = 500

    def __init__(self, message: str, *, status: int | None = None, **params: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.params: Mapping[str, str | int] = params
        if status is not None:
            self.status = status

    @property
    def code(self) -> str:
        """What the row of a job keeps of it: a name, and numbers at most."""
        return type(self).__name__

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(DomainError):
    """No such thing, or none that this person may know of."""

    status = 404

    def __init__(self, message: str = N_("There is nothing here, or nothing you may see.")) -> None:
        super().__init__(message)


class Refused(DomainError):
    """The person may know of it and may not do this."""

    status = 403


class Conflict(DomainError):
    """The thing has changed, or is in a state that does not allow this."""

    status = 409


class Invalid(DomainError):
    """The input can't be used; `fields` names each field and why."""

    status = 422

    def __init__(
        self,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
        status: int | None = None,
        **params: str | int,
    ) -> None:
        super().__init__(message, status=status, **params)
        self.fields = dict(fields or {})


class Unavailable(DomainError):
    """Not possible now: sealed, busy or out of space."""

    status = 503
