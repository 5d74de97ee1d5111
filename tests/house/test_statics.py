"""Styles, scripts and fonts: asked for once, anew after every change, and never a wrong one kept."""

from __future__ import annotations

import re

import pytest

from qualcoder.web import joining, statics
from tests.homes import Browser, World

KEPT = "public, max-age=31536000, immutable"


def test_what_stands_under_todays_digest_is_kept_for_ever_and_nothing_else(browser: Browser) -> None:
    today = browser.get(statics.asset("js/coding/bench.js"))
    assert (today.status_code, today.headers["cache-control"]) == (200, KEPT)
    for address in ("/static/v-000000000000/js/coding/bench.js", "/static/js/coding/bench.js"):
        older = browser.get(address)
        assert (older.text, older.headers["cache-control"]) == (today.text, "no-cache")
    missing = browser.get(f"{statics.prefix()}js/nothing.js")
    assert (missing.status_code, missing.headers["cache-control"]) == (404, "no-cache")
    for way in ("../qualcoder/app.py", "..%2fqualcoder%2fapp.py", "%2e%2e/pyproject.toml"):
        assert browser.get(f"{statics.prefix()}{way}").status_code == 404, way


@pytest.mark.parametrize("path", sorted(statics.JOINED))
def test_what_is_joined_comes_whole_and_is_kept_for_ever(browser: Browser, path: str) -> None:
    answer = browser.get(statics.asset(path))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, KEPT)
    kind = "text/javascript" if path.endswith(".js") else "text/css"
    assert answer.headers["content-type"].startswith(kind)
    assert answer.text == statics.joined(path)
    for part in statics.JOINED[path]:
        last = (statics.FOLDER / part).read_text("utf-8").rstrip().rpartition("\n")[2]
        assert last
        assert last in answer.text
    assert browser.get(f"/static/{path}").headers["cache-control"] == "no-cache"
    assert browser.post(f"/static/{path}").status_code == 405


def test_joined_scripts_hold_all_that_they_import_once_and_before_its_use() -> None:
    """In whatever way an import is written; what is imported later, by a call, is left where it lies."""
    for path in (one for one in statics.JOINED if one.endswith(".js")):
        order = re.findall(r"^// (js/\S+\.js)$", statics.joined(path), re.MULTILINE)
        assert len(order) == len(set(order))
        assert set(statics.JOINED[path]) <= set(order)
        for at, name in enumerate(order):
            file = statics.FOLDER / name
            for other in re.findall(r'from\s*"([^"]+)"', file.read_text("utf-8")):
                imported = file.parent.joinpath(other).resolve().relative_to(statics.FOLDER).as_posix()
                assert imported in order[:at], (name, imported)
            for other in re.findall(r'import\(\s*"([^"]+)"', file.read_text("utf-8")):
                # A joined script asks from its own folder.
                assert (statics.FOLDER / path).parent.joinpath(other).is_file(), (name, other)


@pytest.mark.parametrize(
    "files",
    [
        {"a.js": 'import { b } from "./b.js";\nexport const a = b;\n', "b.js": 'import { a } from "./a.js";\n'},
        {"a.js": 'import all from "./b.js";\n'},
        {"a.js": "export default 1;\n"},
        {"a.js": "export let changing = 1;\n"},
        {"a.js": 'export { b } from "./b.js";\n'},
        {"a.js": 'import { b as c } from "./b.js";\n', "b.js": "export const b = 1;\n"},
        {"a.js": 'import { c } from "./b.js";\n', "b.js": "export const b = 1;\n"},
        {"a.js": "export const LONG_WAIT = 1;\n"},
        {"a.js": "export const x1 = 1;\n"},
        {"a.js": "export const a = 1, b = 2;\n"},
        {"a.js": "const here = import.meta.url;\n"},
        {"a.js": "const a = 1; export function b() {}\n"},
    ],
)
def test_a_script_that_can_not_be_joined_is_refused(files: dict[str, str]) -> None:
    with pytest.raises(joining.NotJoinable, match=r"a\.js"):
        joining.scripts(["a.js"], files.__getitem__)


def test_joined_scripts_see_what_they_import_and_nothing_else_of_each_other() -> None:
    files = {
        "js/a.js": 'import { name, told } from "./deep/b.js";\nconst own = 1;\nexport const said = () => told(own);\n',
        "js/deep/b.js": "const own = 2;\nexport const name = own;\nexport async function told(n) { return n; }\n",
    }
    assert joining.scripts(["js/a.js", "js/deep/b.js"], files.__getitem__) == (
        '"use strict";\nconst $ = [];\n'
        "// js/deep/b.js\n$.push((() => {\nconst own = 2;\nconst name = own;\nasync function told(n) { return n; }\n\n"
        "return { name, told };\n})());\n"
        "// js/a.js\n$.push((() => {\nconst { name, told } = $[0];\nconst own = 1;\n"
        "const said = () => told(own);\n\nreturn { said };\n})());\n"
    )


def test_a_page_names_no_file_without_the_digest(browser: Browser, world: World) -> None:
    page = browser.as_(world.pi).get("/").text
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(named) > 3
    assert all(address.startswith(statics.prefix()) for address in named)
