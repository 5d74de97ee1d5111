"""Rules of the house about templates. Each takes a project's root and returns what is wrong, a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, nodes
from jinja2.meta import find_referenced_templates

from tests.house.code_rules import Rule

MAX_LINES = 120
Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Page:
    """One template and its path from the root."""

    path: str
    text: str


def pages(root: Path) -> Iterator[Page]:
    """Every template."""
    for path in sorted((root / "templates").rglob("*.html")):
        yield Page(path.relative_to(root).as_posix(), path.read_text("utf-8"))


# (what it is, how it is recognised)
_FORBIDDEN = (
    ("|safe", re.compile(r"\|\s*safe\b")),
    ("autoescape turned off", re.compile(r"{%-?\s*autoescape\s+false")),
    ("Markup()", re.compile(r"\bMarkup\(")),
    ("an inline style", re.compile(r"<style\b|\sstyle\s*=\s*[\"'{]")),
    ("an inline script", re.compile(r"<script\b(?![^>]*\bsrc\s*=)")),
    ("an on… attribute", re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"'{]")),
    ("hx-on", re.compile(r"\bhx-on\b")),
    ("a js: or javascript: value", re.compile(r"[\"']\s*(?:javascript|js):")),
    ("something from elsewhere", re.compile(r"\b(?:src|href|action|srcset|hx-\w+)\s*=\s*[\"'](?:https?:)?//")),
    ("an address written by hand", re.compile(r"\b(?:href|action|hx-(?:get|post|put|delete))\s*=\s*[\"']/")),
)


def markup(root: Path) -> list[str]:
    """Nothing that the content security policy would refuse, nothing unescaped, no address by hand."""
    return [
        f"{page.path}:{page.text.count(chr(10), 0, match.start()) + 1} has {what}"
        for page in pages(root)
        for what, pattern in _FORBIDDEN
        for match in pattern.finditer(page.text)
    ]


def lengths(root: Path) -> list[str]:
    """Templates of fewer than 120 lines."""
    return [
        f"{page.path} has {lines} lines; fewer than {MAX_LINES} are allowed"
        for page in pages(root)
        if (lines := page.text.count("\n")) >= MAX_LINES
    ]


_TAG = re.compile(r"{%-?\s*(extends|block|endblock|import|from)\b")


def macros(root: Path) -> list[str]:
    """A page imports macros inside its blocks: rendered alone, a block does not see the top of the file."""
    found = []
    for page in pages(root):
        depth, is_page = 0, False
        for match in _TAG.finditer(page.text):
            tag = match.group(1)
            is_page = is_page or tag == "extends"
            depth += {"block": 1, "endblock": -1}.get(tag, 0)
            if tag in {"import", "from"} and is_page and depth == 0:
                found.append(f"{page.path}:{page.text.count(chr(10), 0, match.start()) + 1} imports outside a block")
    return found


def includes(root: Path) -> list[str]:
    """Whatever a template extends, includes or imports is there."""
    found = []
    for page in pages(root):
        for wanted in find_referenced_templates(_parsed(page)):
            if wanted is not None and not (root / "templates" / wanted).is_file():
                found.append(f"{page.path} needs {wanted}, which is not there")
    return found


def addresses(root: Path, routes: Mapping[str, Names]) -> list[str]:
    """Every `url_for` names a route and gives exactly its parameters. `routes`: name to parameters."""
    found = []
    for page in pages(root):
        for call in _parsed(page).find_all(nodes.Call):
            if not isinstance(call.node, nodes.Name) or call.node.name != "url_for":
                continue
            name = call.args[0].value if call.args and isinstance(call.args[0], nodes.Const) else None
            given = frozenset(keyword.key for keyword in call.kwargs)
            if name is None:
                found.append(f"{page.path}:{call.lineno} url_for needs the name of a route in quotes")
            elif name not in routes:
                found.append(f"{page.path}:{call.lineno} there is no route {name}")
            elif given != routes[name] and call.dyn_kwargs is None:
                found.append(f"{page.path}:{call.lineno} {name} takes {sorted(routes[name])}, not {sorted(given)}")
    return found


def _parsed(page: Page) -> nodes.Template:
    return Environment(autoescape=True).parse(page.text, name=page.path)


ALL: tuple[Rule, ...] = (markup, lengths, macros, includes)
