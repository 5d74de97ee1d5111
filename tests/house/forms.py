"""Forms as a person without scripts finds them on a page: where they go and what their buttons send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class FoundForm:
    """A form with its hidden fields; `buttons` is each button's words with where it goes and what it adds."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, tuple[str, str]]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self._button: dict[str, str] | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(FoundForm(given.get("action", "")))
        elif tag == "input" and self.forms and given.get("type") == "hidden":
            self.forms[-1].fields.append((given["name"], given.get("value", "")))
        elif tag == "button":
            self._button, self._words = given, ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button is not None and self.forms:
            made = self._button
            sent = (made.get("name", ""), made.get("value", ""))
            self.forms[-1].buttons.append((self._words.strip(), made.get("formaction", ""), sent))
            self._button = None


def pressed(page: str, words: str) -> tuple[str, dict[str, list[str]]]:
    """The address and the fields that the first button with these words sends."""
    reader = _Reader()
    reader.feed(page)
    for form in reader.forms:
        for label, address, (name, value) in form.buttons:
            if label == words:
                fields: dict[str, list[str]] = {}
                for key, held in [*form.fields, *([(name, value)] if name else [])]:
                    fields.setdefault(key, []).append(held)
                return address or form.action, fields
    raise AssertionError(f"no button says {words!r}")
