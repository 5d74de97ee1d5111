"""What the modules of the JSON API share: frozen records, bodies, paging, and the refusals every address may give."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict

from qualcoder.core.errors import DomainError, Invalid
from qualcoder.core.messages import N_
from qualcoder.web.bearer import HolderDep
from qualcoder.web.forms import posted_json, read_body

ItemT = TypeVar("ItemT")
SentT = TypeVar("SentT", bound="Sent")

LONGEST_PAGE = 200
LONGEST_CURSOR = 400
LARGEST = 2**31 - 1


class Reply(BaseModel):
    """A record that the API answers."""

    model_config = ConfigDict(frozen=True)


class Sent(BaseModel):
    """A record that a script sends. A field that is not known is refused, so that a slip of the pen is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Listed(Reply, Generic[ItemT]):
    """A page of a list. `next` is the cursor of the page after it, null on the last one."""

    items: tuple[ItemT, ...]
    next: str | None


class Versions(Reply):
    """What the request was about, and what there is now."""

    seen: int
    now: int


class Problem(Reply):
    """A refusal: its name, a sentence, and where known the fields or the two versions. Nothing sent is repeated."""

    error: str
    message: str
    fields: dict[str, str] | None = None
    versions: Versions | None = None


_REFUSALS = {
    401: "No token, or one that is not in use",
    403: "The role in the study does not allow this",
    404: "Nothing here, or nothing that this token may see",
    409: "Changed meanwhile, or in a state that does not allow this; a version conflict names both versions",
    413: "Larger than this server takes",
    415: "Not a format that is read here",
    422: "Invalid, field by field",
    423: "The server is sealed",
    429: "More requests than a token may send in a minute",
    503: "Not possible now",
    507: "No space left",
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text} for status, text in _REFUSALS.items()
}


# Bodies ------------------------------------------------------------------------------------

BODIES: dict[str, type[Sent]] = {}


class NotJson(DomainError):
    """A body of another kind than the address takes."""

    status = 415

    def __init__(self) -> None:
        super().__init__(N_("Send JSON, with the header “Content-Type: application/json”."))


def takes(model: type[Sent]) -> dict[str, Any]:
    """What a route says of its JSON body in the description."""
    BODIES[model.__name__] = model
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"openapi_extra": {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}}


def json_of(model: type[SentT]) -> Callable[[Request, HolderDep], Awaitable[SentT]]:
    """A dependency that reads a JSON body, once it is known who sends it."""
    check = posted_json(model)

    async def read(request: Request, _holder: HolderDep) -> SentT:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {"", "application/json"}:
            raise NotJson
        await read_body(request)
        return (await check(request)).require()

    return read


# Paging ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page of a list is asked for. `after` is the key of the last line that was seen."""

    limit: int
    after: str | None

    @property
    def after_number(self) -> int:
        """The key as a number; 0 at the beginning."""
        if self.after is None:
            return 0
        if not (self.after.isascii() and self.after.isdigit() and len(self.after) < 10):
            raise _odd_cursor()
        return int(self.after)

    @property
    def after_id(self) -> UUID | None:
        """The key as an id; None at the beginning."""
        try:
            return UUID(self.after) if self.after is not None else None
        except ValueError:
            raise _odd_cursor() from None

    def page(self, items: Sequence[ItemT], key: Callable[[ItemT], object]) -> Listed[ItemT]:
        """A page of lines of which one more than the limit was looked for."""
        shown = tuple(items[: self.limit])
        is_last = len(items) <= self.limit
        return Listed(items=shown, next=None if is_last or not shown else cursor_of(str(key(shown[-1]))))


def cursor_of(key: str) -> str:
    """A key as scripts carry it: opaque, so that they don't make one up."""
    return base64.urlsafe_b64encode(json.dumps([key]).encode()).decode().rstrip("=")


def _key_in(cursor: str) -> str:
    try:
        (key,) = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error):
        raise _odd_cursor() from None
    if not isinstance(key, str) or not key.isprintable():
        raise _odd_cursor()
    return key


def _odd_cursor() -> Invalid:
    message = N_("This cursor is none of this list's. Start from the beginning.")
    return Invalid(message, fields={"cursor": message})


def paging(
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="Lines of a page")] = 50,
    cursor: Annotated[str, Query(max_length=LONGEST_CURSOR, description="The `next` of the page before")] = "",
) -> Paging:
    """A dependency: limit and cursor."""
    return Paging(limit, _key_in(cursor) if cursor else None)
