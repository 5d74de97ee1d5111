"""The drawing of a QR code is the code: finders in three corners, quiet around, and nothing but a path."""

from __future__ import annotations

import re

import pytest
import segno

from qualcoder.accounts import qr

TEXTS = ["x", "otpauth://totp/Qualcoder:a%40b.kz?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Qualcoder", "ә" * 300]
FINDER = ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"]


def painted(drawing: qr.Drawing) -> list[str]:
    """The modules that the path covers, row by row."""
    rows = [["."] * drawing.size for _ in range(drawing.size)]
    for x, y, length, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", drawing.path):
        assert length == back
        for n in range(int(length)):
            rows[int(y)][int(x) + n] = "#"
    return ["".join(row) for row in rows]


@pytest.mark.parametrize("text", TEXTS)
def test_the_path_paints_exactly_the_modules(text: str) -> None:
    drawing = qr.draw(text)
    assert re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", drawing.path)
    quiet = ["." * drawing.size] * qr.QUIET
    inner = [
        "." * qr.QUIET + "".join("#" if module else "." for module in row) + "." * qr.QUIET
        for row in segno.make(text, error="m", micro=False).matrix
    ]
    assert painted(drawing) == [*quiet, *inner, *quiet]


@pytest.mark.parametrize("text", TEXTS)
def test_finders_stand_in_three_corners(text: str) -> None:
    rows = painted(qr.draw(text))
    near, far = qr.QUIET, len(rows) - qr.QUIET - 7
    for top, left in ((near, near), (near, far), (far, near)):
        assert [row[left : left + 7] for row in rows[top : top + 7]] == FINDER


def test_the_longest_address_still_fits() -> None:
    assert qr.draw("otpauth://totp/Qualcoder:" + "%D3%99" * 250).size < 160
