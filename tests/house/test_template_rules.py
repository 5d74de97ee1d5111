"""The templates keep their rules, and each rule notices when it is broken."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualcoder.home import Home
from tests.homes import all_routes, make_app
from tests.house import code_rules, template_rules
from tests.house.code_rules import Rule
from tests.house.template_rules import Names
from tests.scripts import api_routes

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("rule", template_rules.ALL, ids=lambda rule: rule.__name__)
def test_the_project_keeps(rule: Rule) -> None:
    assert rule(ROOT) == []


BROKEN = [
    (template_rules.markup, "{{ view.text|safe }}"),
    (template_rules.markup, "{{ view.text | safe }}"),
    (template_rules.markup, "{% autoescape false %}{{ x }}{% endautoescape %}"),
    (template_rules.markup, '<p style="color: red">'),
    (template_rules.markup, "<style>p {}</style>"),
    (template_rules.markup, "<script>alert(1)</script>"),
    (template_rules.markup, '<script type="module">1</script>'),
    (template_rules.markup, '<button onclick="go()">'),
    (template_rules.markup, '<div class="a"\n  onmouseover="go()">'),
    (template_rules.markup, '<div hx-on:click="go()">'),
    (template_rules.markup, "<div hx-vals='js:{a: 1}'>"),
    (template_rules.markup, '<a href="javascript:go()">'),
    (template_rules.markup, '<img src="https://example.org/x.png">'),
    (template_rules.markup, '<script src="//example.org/x.js"></script>'),
    (template_rules.markup, '<a href="/studies/demo">'),
    (template_rules.markup, '<form hx-post="/studies">'),
    (template_rules.lengths, "<p>\n" * 120),
    (template_rules.macros, '{% extends "x.html" %}{% import "y.html" as y %}{% block a %}{% endblock %}'),
    (template_rules.macros, '{% extends "x.html" %}{% block a %}{% endblock %}{%- from "y.html" import z %}'),
    (template_rules.includes, '{% extends "absent.html" %}'),
    (template_rules.includes, '{% if x %}{% include "absent.html" %}{% endif %}'),
]

KEPT = [
    (template_rules.markup, '<script src="{{ asset(x) }}" defer></script><p class="style" data-on="1">on = 1</p>'),
    (template_rules.markup, '<a href="{{ url_for(\'home\') }}">unsafe</a><a href="#main">go</a>'),
    (template_rules.macros, '{% extends "x.html" %}{% block a %}{% import "y.html" as y %}{% endblock %}'),
    (template_rules.macros, '{% import "y.html" as y %}<p>a part that extends nothing</p>'),
    (template_rules.lengths, "<p>\n" * 119),
]


def _write(root: Path, text: str) -> None:
    (root / "templates" / "races").mkdir(parents=True)
    (root / "templates" / "races" / "show.html").write_text(text, "utf-8")


@pytest.mark.parametrize(("rule", "text"), BROKEN)
def test_a_broken_rule_is_noticed_and_the_file_named(tmp_path: Path, rule: Rule, text: str) -> None:
    _write(tmp_path, text)
    found = rule(tmp_path)
    assert found
    assert found[0].startswith("templates/races/show.html")


@pytest.mark.parametrize(("rule", "text"), KEPT)
def test_what_is_allowed_is_not_noticed(tmp_path: Path, rule: Rule, text: str) -> None:
    _write(tmp_path, text)
    assert rule(tmp_path) == []


def test_every_rule_has_been_broken_here() -> None:
    assert {rule for rule, _text in BROKEN} == set(template_rules.ALL)


ROUTES: Mapping[str, Names] = {route.name: frozenset(route.param_convertors) for route in all_routes()}


def test_every_address_in_a_template_leads_somewhere() -> None:
    assert template_rules.addresses(ROOT, ROUTES) == []


def test_every_address_in_the_code_leads_somewhere() -> None:
    named = [
        (source.at(node, ""), str(node.args[0].value))
        for source in code_rules.sources(ROOT, "qualcoder")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "url_path_for"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    assert named
    known = {*ROUTES, *(route.name for route in api_routes())}
    assert [(where, name) for where, name in named if name not in known] == []


def test_the_application_knows_every_route_by_its_name(home: Home) -> None:
    app = make_app(home)
    assert len(ROUTES) > 20
    for name, parameters in ROUTES.items():
        values = dict.fromkeys(parameters, "0" * 8 + "-0000-4000-8000-" + "0" * 12)
        assert app.url_path_for(name, **values)


@pytest.mark.parametrize(
    "text",
    [
        "{{ url_for('races:absent') }}",
        "{{ url_for('races:show') }}",
        "{{ url_for('races:show', round_id=1, page=2) }}",
        "{{ url_for(view.route) }}",
        "{% if x %}<a href=\"{{ url_for('races:shwo', round_id=1) }}\">{% endif %}",
    ],
)
def test_an_address_that_leads_nowhere_is_noticed(tmp_path: Path, text: str) -> None:
    _write(tmp_path, text)
    known = {"races:show": frozenset({"round_id"})}
    assert len(template_rules.addresses(tmp_path, known)) == 1
    (tmp_path / "templates" / "races" / "show.html").write_text("{{ url_for('races:show', round_id=1) }}", "utf-8")
    assert template_rules.addresses(tmp_path, known) == []
