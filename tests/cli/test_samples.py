"""Real files that people made, by the two ways in: QUALCODER_SAMPLES names their folder."""

from __future__ import annotations

import json

import pytest

from tests.cli.shell import PI, Shell
from tests.homes import Browser, World
from tests.programs import samples_folder
from tests.transcripts.parsing.test_samples import COUNTS, SAME
from tests.transcripts.test_uploads import send

NAMES = sorted(name for name in COUNTS if name.startswith(("en/", "ru/", "kk/")))
AGAIN = {name for names in SAME for name in names[1:]}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_becomes_its_turns_by_page(world: World, browser: Browser, name: str) -> None:
    pi = browser.as_(world.pi)
    file = samples_folder() / name
    status, where = send(pi, world, file.name, file.read_bytes())
    assert status == 303, where
    assert f"{COUNTS[name][0]} turns were found." in pi.get(where).text


@pytest.mark.slow
def test_every_sample_becomes_its_turns_by_command(study: Shell) -> None:
    """The same words in another format are refused, so one of each stands for all."""
    files = [name for name in NAMES if name not in AGAIN]
    here = ("--study", "akims", "--as", PI)
    for name in files:
        study.run("transcripts", "upload", str(samples_folder() / name), *here, "--category", "voter")
    found = json.loads(study.run("transcripts", "list", *here, "--json"))
    assert [line["turns"] for line in found] == [COUNTS[name][0] for name in files]
    assert {line["state"] for line in found} == {"review"}
    for name in sorted(AGAIN):
        study.run("transcripts", "upload", str(samples_folder() / name), *here, "--category", "voter", status=2)
