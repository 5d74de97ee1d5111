from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static" / "css"
THEMES = ("light", "dark")


def tokens(theme: str) -> dict[str, str]:
    found: dict[str, str] = {}
    source = (STATIC / "tokens.css").read_text(encoding="utf-8")
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", source):
        found[name] = light if theme == "light" else dark
    for name, both in re.findall(r"--([\w-]+): (#\w{6});", source):
        found[name] = both
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_ON = [
    *[
        ("text", ground)
        for ground in ("ground", "panel", "sunken", "accent-soft", "good-soft", "warn-soft", "bad-soft")
    ],
    *[("text", tint) for tint in ("depth-1", "depth-2", "depth-3", "pending", "spot")],
    *[("muted", ground) for ground in ("ground", "panel", "sunken")],
    *[(name, ground) for name in ("accent", "good", "warn", "bad") for ground in ("ground", "panel", f"{name}-soft")],
    ("on-accent", "accent"),
    ("on-bad", "bad"),
    ("on-band", "band"),
    ("on-toast", "toast"),
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("name", "ground"), TEXT_ON)
def test_words_can_be_read(theme: str, name: str, ground: str) -> None:
    known = tokens(theme)
    assert contrast(known[name], known[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["ground", "panel"])
@pytest.mark.parametrize("name", ["edge", "accent", *[f"code-{n}" for n in range(1, 13)]])
def test_lines_rings_and_code_colours_can_be_seen(theme: str, ground: str, name: str) -> None:
    known = tokens(theme)
    assert contrast(known[name], known[ground]) >= 3


def test_every_variable_that_is_used_is_defined() -> None:
    defined = set(re.findall(r"(--[\w-]+):", (STATIC / "tokens.css").read_text(encoding="utf-8"))) | {"--k"}
    used = {name for sheet in STATIC.glob("*.css") for name in re.findall(r"var\((--[\w-]+)", sheet.read_text("utf-8"))}
    assert used <= defined
