"""Addresses of pages are those of the routes, whatever was asked for before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from qualcoder.home import Home
from qualcoder.web.pages import path_for
from tests.homes import make_app


def test_an_address_is_that_of_the_route_for_one_object_after_another(home: Home) -> None:
    app = make_app(home)
    request: Any = SimpleNamespace(app=app)
    for _ in range(3):
        coding_id = uuid4()
        assert path_for(request, "coding:remove", coding_id=coding_id) == f"/codings/{coding_id}/remove"
    assert path_for(request, "audit:show", slug="a") == app.url_path_for("audit:show", slug="a")


def test_braces_in_a_part_stay_what_they_are(home: Home) -> None:
    app = make_app(home)
    request: Any = SimpleNamespace(app=app)
    assert path_for(request, "audit:show", slug="{slug}") == app.url_path_for("audit:show", slug="{slug}")


@pytest.mark.parametrize("value", ["", "a/b"])
def test_what_is_no_part_of_an_address_makes_none(home: Home, value: str) -> None:
    request: Any = SimpleNamespace(app=make_app(home))
    with pytest.raises(ValueError):
        path_for(request, "audit:show", slug=value)
