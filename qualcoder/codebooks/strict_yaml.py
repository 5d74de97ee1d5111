"""YAML as plain data: no tags, no anchors, no repeated keys, so that a hostile file can neither run nor swell."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from qualcoder.codebooks.rules import Raw
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_


@dataclass(frozen=True, slots=True)
class Loaded:
    """The content and, for each entry of its `codes` list, the line (from 1) on which it starts."""

    content: Raw
    code_lines: list[int]


def load(text: str) -> Loaded:
    """One YAML document through the safe constructor; anything but plain data raises `Invalid` with its line."""
    # No cause is chained below: the library's messages quote the file.
    try:
        loader = _PlainLoader(text)
        node = loader.get_single_node()
        content = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise Invalid(N_("Line %(line)s can't be read as YAML."), line=line) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Invalid(N_("The file can't be read as YAML.")) from None
    return Loaded(content, _code_lines(node))


class _PlainLoader(yaml.SafeLoader):
    """The safe loader, stricter by what codebooks never need."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call] # PyYAML's stubs leave the parser untyped
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise Invalid(
                N_("Line %(line)s: tags (!), anchors (&) and references (*) are not allowed in a codebook."),
                line=event.start_mark.line + 1,
            )
        node = super().compose_node(parent, index)
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            if len(keys) != len(set(keys)):
                raise Invalid(N_("Line %(line)s: a field is given twice below."), line=node.start_mark.line + 1)
        return node


def _code_lines(node: yaml.Node | None) -> list[int]:
    if not isinstance(node, yaml.MappingNode):
        return []
    for key, value in node.value:
        if key.value == "codes" and isinstance(value, yaml.SequenceNode):
            return [entry.start_mark.line + 1 for entry in value.value]
    return []
