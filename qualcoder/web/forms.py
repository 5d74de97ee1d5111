"""What a page sends: read in memory (never spooled to a temp folder), checked by a model, errors by field."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_origin
from urllib.parse import parse_qs

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.formparsers import MultiPartException, MultiPartParser

from qualcoder.core.errors import DomainError, Invalid
from qualcoder.core.messages import N_

FormT = TypeVar("FormT", bound=BaseModel)

MAX_FIELDS_BYTES = 1 << 20
MAX_FILES = 20


@dataclass(frozen=True, slots=True, repr=False)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Body:
    """A request's body, decoded."""

    raw: bytes = b""
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, Sequence[Upload]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        values = self.fields.get(name) or [""]
        return values[0]


class TooLarge(DomainError):
    """More bytes than the settings allow."""

    status = 413

    def __init__(self, megabytes: int) -> None:
        super().__init__(
            N_("This is larger than %(n)s MB. Nothing was stored; split the file or leave pictures out."), n=megabytes
        )


class _InMemory(MultiPartParser):
    """Starlette's parser would spool parts over 1 MiB to a temp folder in clear."""

    spool_max_size = 1 << 40


async def read_body(request: Request) -> Body:
    """Read and decode the body once; later calls get the same. Visitors send a megabyte at most."""
    known: Body | None = getattr(request.state, "body", None)
    if known is not None:
        return known
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    megabytes: int = request.app.state.home.settings.max_upload_mb
    if getattr(request.state, "me", None) is None:
        megabytes = 1
    limit = megabytes << 20 if kind == "multipart/form-data" else MAX_FIELDS_BYTES
    limit += 64 << 10 if kind == "multipart/form-data" else 0
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(megabytes if kind == "multipart/form-data" else 1)
    if kind == "multipart/form-data":
        body = await _read_multipart(request, limit, megabytes)
    else:
        raw = b"".join([part async for part in _limited(request.stream(), limit, 1)])
        body = Body(raw, _urlencoded(raw) if kind == "application/x-www-form-urlencoded" else {})
    request.state.body = body
    return body


async def _limited(stream: AsyncIterator[bytes], limit: int, megabytes: int) -> AsyncIterator[bytes]:
    seen = 0
    async for part in stream:
        seen += len(part)
        if seen > limit:
            raise TooLarge(megabytes)
        yield part


async def _read_multipart(request: Request, limit: int, megabytes: int) -> Body:
    stream = _limited(request.stream(), limit, megabytes)
    parser = _InMemory(
        request.headers,
        stream,  # type: ignore[arg-type]  # Starlette asks for a generator and only iterates
        max_files=MAX_FILES,
        max_fields=200,
        max_part_size=MAX_FIELDS_BYTES,
    )
    fields: dict[str, list[str]] = {}
    files: dict[str, list[Upload]] = {}
    try:
        form = await parser.parse()
    except MultiPartException:
        raise Invalid(N_("The form arrived damaged. Nothing was stored; send it again.")) from None
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
        elif value.filename:
            files.setdefault(name, []).append(Upload(value.filename, await value.read()))
    await form.close()
    return Body(b"", fields, files)


def _urlencoded(raw: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=2000, encoding="utf-8")
    except ValueError:
        raise Invalid(N_("The form arrived damaged. Nothing was stored; send it again.")) from None


@dataclass(frozen=True, slots=True, repr=False)
class Posted(Generic[FormT]):
    """A checked form, or what was wrong with each field."""

    form: FormT | None
    errors: Mapping[str, str]
    body: Body

    def require(self) -> FormT:
        """The form, or Invalid with its errors."""
        if self.form is None:
            raise Invalid(N_("Some fields need another look."), fields=self.errors)
        return self.form


def posted(model: type[FormT]) -> Callable[[Request], Awaitable[Posted[FormT]]]:
    """A dependency that checks a form against a model."""

    async def read(request: Request) -> Posted[FormT]:
        body = await read_body(request)
        values: dict[str, Any] = {}
        for name, definition in model.model_fields.items():
            if name in body.fields:
                is_list = get_origin(definition.annotation) in {list, tuple}
                values[name] = list(body.fields[name]) if is_list else body.fields[name][-1]
        return check(model, values, body)

    return read


def posted_json(model: type[FormT]) -> Callable[[Request], Awaitable[Posted[FormT]]]:
    """A dependency that checks a JSON body against a model."""

    async def read(request: Request) -> Posted[FormT]:
        body = await read_body(request)
        try:
            return Posted(model.model_validate_json(body.raw), {}, body)
        except ValidationError as error:
            return Posted(None, _errors(error), body)

    return read


def check(model: type[FormT], values: Mapping[str, Any], body: Body) -> Posted[FormT]:
    """Check values against a model; what was typed is never echoed in a message."""
    try:
        return Posted(model.model_validate(values), {}, body)
    except ValidationError as error:
        return Posted(None, _errors(error), body)


_MESSAGES = {
    "missing": N_("Fill this in."),
    "string_too_short": N_("Fill this in."),
    "string_too_long": N_("This is too long."),
    "enum": N_("Choose one of the offered values."),
    "literal_error": N_("Choose one of the offered values."),
    "int_parsing": N_("Enter a whole number."),
    "extra_forbidden": N_("There is a field here that is not known."),
    "json_invalid": N_("This is not JSON."),
    "date_from_datetime_parsing": N_("Enter a date, such as 2026-09-25."),
    "date_parsing": N_("Enter a date, such as 2026-09-25."),
}


def _errors(error: ValidationError) -> dict[str, str]:
    items = error.errors(include_url=False, include_context=False, include_input=False)
    return messages_by_field((item["loc"], item["type"]) for item in items)


def messages_by_field(items: Iterable[tuple[Sequence[int | str], str]]) -> dict[str, str]:
    """One message for each place, from (place, pydantic's type of error). No place repeats the sender's own names."""
    found: dict[str, str] = {}
    for place, kind in items:
        # The last step of an unknown field is what the sender called it.
        steps = place[:-1] if kind == "extra_forbidden" else place
        name = ".".join(str(step) for step in steps) or "form"
        found.setdefault(name, _MESSAGES.get(kind, N_("This value can't be used.")))
    return found
