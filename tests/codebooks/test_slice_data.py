"""The invented slices and their hand count fit each other, so that a journey which disagrees has found a fault."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from qualcoder.codebooks import files

DATA = Path(__file__).resolve().parents[1] / "data"
# Any: a YAML document, whose shape these tests are here to check.
EXPECTED: Any = yaml.safe_load((DATA / "slice_expected.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", list(EXPECTED["files"]))
def test_a_slice_holds_its_quotes_once_and_none_identifies(name: str) -> None:
    text = (DATA / name).read_text(encoding="utf-8")
    expected = EXPECTED["files"][name]
    codable = {code.code for code in files.read_yaml(files.SHIPPED.read_bytes()).codes if code.codable}
    bodies = [line.split(": ", 1)[1] for line in text.splitlines()]
    assert len(bodies) == expected["turns"]
    assert {line.split(": ", 1)[0] for line in text.splitlines()} == set(expected["speakers"])
    assert 200 <= sum(len(body.split()) for body in bodies) <= 400
    for surface in expected["identifying"]:
        assert surface in text
    for coding in expected["codings"]:
        assert coding["code"] in codable
        assert sum(body.count(coding["quote"]) for body in bodies) == 1, coding
        assert not any(surface in coding["quote"] for surface in expected["identifying"])


def test_the_hand_count_is_what_the_codings_and_links_add_up_to() -> None:
    segments: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name, expected in EXPECTED["files"].items():
        for coding in expected["codings"]:
            for link in expected["races"]:
                segments[coding["code"], link["race"]].append(name)
    counted = {
        (code, race): [len(segments[code, race]), len(set(segments[code, race]))]
        for code, row in EXPECTED["matrix"].items()
        for race in row
    }
    assert counted == {(code, race): cell for code, row in EXPECTED["matrix"].items() for race, cell in row.items()}
    assert {code for code, _ in segments} == set(EXPECTED["matrix"])
    for race, (total, _) in EXPECTED["totals"].items():
        assert total == sum(row[race][0] for row in EXPECTED["matrix"].values())
