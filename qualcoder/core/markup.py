"""XML as a stream of starts, ends and texts: no tree, no entities, no document type, no depth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from xml.parsers import expat

from qualcoder.core.archives import damaged

MAX_DEPTH = 256
_BUFFER = 1024 * 1024


class Listener(Protocol):
    """What wants to hear of the elements; names are `namespace|local`."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def read_xml(chunks: Iterable[bytes], listener: Listener) -> None:
    """Tell the listener what a document holds. Any DOCTYPE, bad syntax or depth above MAX_DEPTH is refused.

    Without a DOCTYPE there are no entities but the five of XML, so nothing outside is read and nothing grows.
    """
    depth = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise damaged()
        listener.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(name)

    def refuse(*_what: object) -> None:
        raise damaged()

    parser = expat.ParserCreate(namespace_separator="|")
    parser.buffer_text = True
    parser.buffer_size = _BUFFER
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    is_final = True
    try:
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", is_final)
    except (expat.ExpatError, ValueError, LookupError):
        raise damaged() from None
