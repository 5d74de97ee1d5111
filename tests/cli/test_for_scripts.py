"""Commands for scripts: tokens, the search for names, the race record, exports in the ledger, filled homes."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from qualcoder.audit import chain
from qualcoder.coding.models import Coding
from qualcoder.core.db import Database
from qualcoder.home import open_home, unseal_unattended
from qualcoder.matrices.models import ExportLedger
from qualcoder.settings import Settings
from qualcoder.transcripts.models import Transcript, TranscriptState, Turn
from tests import homes
from tests.cli.shell import ADMIN, CODER, PI, ROOT, TEXT, Shell
from tests.interviews.making import RACES
from tests.scripts import Script

HERE = ("--study", "akims", "--as", PI)


def settings_of(shell: Shell) -> Settings:
    return Settings.from_environment(dict(shell.environment))


def records_of(shell: Shell, act: str) -> int:
    out = shell.folder / f"{act}.jsonl"
    shell.run("audit", "export", "--out", str(out))
    return sum(json.loads(line)["act"] == act for line in out.read_text().splitlines())


# Tokens -----------------------------------------------------------------------------------------


def test_a_token_is_printed_once_works_by_json_and_ends(study: Shell) -> None:
    token = study.run("token", "create", CODER, "--study", "akims").strip()
    assert len(token) >= 32
    home = open_home(settings_of(study))
    unseal_unattended(home)
    try:
        script = Script(homes.make_app(home), token)
        assert (script.get("/me").json()["email"], script.get("/studies/akims").status_code) == (CODER, 200)
        (line,) = study.json("token", "list", *HERE)
        assert line["revoked_at"] is None
        assert token not in study.run("token", "list", *HERE)
        study.run("token", "revoke", line["id"], "--study", "akims", "--as", CODER)
        assert script.get("/me").status_code == 401
    finally:
        home.close()
    for wrong in (("revoke", "x", *HERE), ("create", "nobody@example.org", "--study", "akims")):
        study.run("token", *wrong, status=2)
    study.run("token", "create", CODER, "--study", "elsewhere", status=2)


def test_a_token_stands_for_its_person_here_too(study: Shell) -> None:
    token = study.run("token", "create", CODER, "--study", "akims").strip()
    assert "akims" in study.run("study", "list", QUALCODER_TOKEN=token)
    study.run("codebook", "import", str(ROOT / "codebooks" / "akim-elections.yaml"), "--study", "akims",
              status=2, QUALCODER_TOKEN=token)  # fmt: skip
    of_admin = study.run("token", "create", ADMIN, "--study", "akims").strip()
    study.run("study", "create", "fresh", "--title", "Fresh", status=2, QUALCODER_TOKEN=of_admin)
    study.run("study", "create", "other", "--title", "Other", "--as", ADMIN)
    # An administrator belongs to every study, and the token to one.
    study.run("person", "add", "x@example.org", "--role", "pi", "--study", "other", status=2, QUALCODER_TOKEN=of_admin)
    study.run("study", "list", status=2, QUALCODER_TOKEN="made-up")


# The search for names -----------------------------------------------------------------------------


def test_scan_needs_no_home_and_counts_in_the_decoded_text(bare: Shell) -> None:
    files = {"plain.txt": TEXT, "windows.txt": TEXT.replace("\n", "\r\n"), "marked.txt": "\ufeff" + TEXT}
    paths = [bare.write(name, "") for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        Path(path).write_bytes(text.encode())
    found: list[dict[str, Any]] = json.loads(bare.run("anonymise", "scan", *paths, "--json", QUALCODER_KEYFILE=""))
    assert [one["file"] for one in found] == paths
    for one, text in zip(found, files.values(), strict=True):
        decoded = text.removeprefix("\ufeff")
        assert (one["language"], one["text_sha256"]) == ("ru", hashlib.sha256(decoded.encode()).hexdigest())
        said = {span["label"]: decoded[span["start"] : span["end"]] for span in one["spans"]}
        assert said["PERSON"] == "Серик Ойдантапов"
        assert said["CONTACT"] == "+7 700 000 00 16"
        assert {"start", "end", "label", "tier", "score", "sources", "suggestion"} == set(one["spans"][0])
        assert all(span["suggestion"] not in {"", decoded[span["start"] : span["end"]]} for span in one["spans"])
    assert not (bare.folder / "home").exists()


def test_scan_refuses_what_is_no_text(bare: Shell) -> None:
    good = bare.write("good.txt", TEXT)
    (bare.folder / "x.pdf").write_bytes(b"%PDF-1.7\n" + bytes(50))
    for wrong in ((str(bare.folder / "x.pdf"),), (str(bare.folder / "absent"),), (good, "--language", "fr"), ()):
        bare.run("anonymise", "scan", *wrong, "--json", status=2)


# The race record ----------------------------------------------------------------------------------


def test_the_race_record_in_figures(study: Shell) -> None:
    study.run("races", "import", str(RACES / "koyandy_candidates.csv"), *HERE)
    summary = study.json("races", "summary", *HERE)
    assert (summary["races"], summary["contests"]) == (2, 1)
    assert summary["candidates"] > 2
    assert {"first_date", "last_date", "statuses", "oblasts", "variables"} <= set(summary)
    assert "races in" in study.run("races", "summary", *HERE)
    assert study.json("races", "checks", *HERE) == []
    study.run("races", "summary", "--study", "nowhere", "--as", PI, status=2)


def test_a_contradiction_ends_with_status_1_and_names_its_race(study: Shell) -> None:
    with (RACES / "koyandy_race.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[1]["turnoutgov"] = "55.5"
    bad = study.folder / "bad.csv"
    with bad.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    study.run("races", "import", str(bad), *HERE)
    found = json.loads(study.run("races", "checks", *HERE, "--json", status=1))
    assert {(one["check"], *one["races"]) for one in found} == {("turnout", "KOY-2022-2")}
    assert study.run("races", "checks", *HERE, status=1).endswith("contradictions.\n")


# Exports --------------------------------------------------------------------------------------------


def test_an_export_from_the_command_line_stands_in_the_ledger(study: Shell) -> None:
    out = study.folder / "out"
    study.run("matrix", "export", *HERE, "--out", str(out), "--format", "csv,dta")
    study.run("matrix", "export", *HERE, "--out", str(out / "long"), "--format", "csv", "--shape", "long")
    assert [records_of(study, f"export.{act}") for act in ("asked", "made", "downloaded")] == [3, 3, 3]
    home = open_home(settings_of(study))
    unseal_unattended(home)
    try:
        with home.data.read() as db:
            rows = db.exec(select(ExportLedger)).all()
    finally:
        home.close()
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in out.rglob("*.*")}
    assert {row.digest for row in rows} == digests
    assert [row.number for row in rows] == [1, 2, 3]
    study.run("matrix", "export", *HERE, "--out", str(out / "y"), "--shape", "square", status=2)
    study.run("matrix", "export", *HERE, "--out", str(out), "--format", "csv", status=2)


# Filled homes -----------------------------------------------------------------------------------------


def counted(db: Session, model: Any) -> int:
    return len(db.exec(select(model.id)).all())


def look(database: Database) -> dict[str, int]:
    with database.read() as db:
        assert {row.state for row in db.exec(select(Transcript))} == {TranscriptState.CODABLE}
        return {model.__name__: counted(db, model) for model in (Transcript, Coding, Turn)}


def test_bench_seed_fills_a_home_that_is_sealed_like_any_other(bare: Shell) -> None:
    size = ("--interviews", "3", "--words", "300", "--codings", "40", "--codes", "12", "--races", "5", "--seed", "7")
    folder = bare.folder / "bench"
    made = json.loads(bare.run("bench", "seed", "--home", str(folder), *size, "--json"))
    assert made["rows"] > 40
    home = open_home(replace(settings_of(bare), home=folder))
    assert unseal_unattended(home)
    try:
        found = look(home.data)
        assert (found["Transcript"], found["Coding"]) == (3, 40)
        with home.data.read() as db:
            assert all(verdict.is_whole for verdict in chain.verify_all(db))
        app = homes.make_app(home)
        answers = {}
        for email, token in made["tokens"].items():
            script = Script(app, token)
            answers[email.partition("@")[0]] = script.get("/studies/bench/codings", params={"limit": 200})
            listed = script.get("/studies/bench/transcripts").json()["items"]
        assert len(answers["pi0"].json()["items"]) == 40
        own = [answers[f"coder{n}"].json()["items"] for n in range(2, 6)]
        assert sum(len(items) for items in own) == 40
        text = script.get(f"/transcripts/{listed[0]['id']}").json()
        assert text["text"] == "\n".join(turn["body"] for turn in text["turns"])
        assert 250 <= len(text["text"].split()) <= 400
        words = text["text"].split()[5:9]
    finally:
        home.close()
    stored = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert [word for word in words if len(word) > 6 and word.encode() in stored] == []


def test_the_same_seed_makes_the_same_texts(bare: Shell) -> None:
    size = ("--interviews", "1", "--words", "60", "--codings", "4", "--codes", "3", "--races", "1")
    texts = []
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        keyfile = str(bare.folder / f"{name}.key")
        folder = str(bare.folder / name)
        made = json.loads(
            bare.run("bench", "seed", "--home", folder, *size, "--seed", seed, "--json", QUALCODER_KEYFILE=keyfile)
        )
        home = open_home(replace(settings_of(bare), home=Path(folder), keyfile=keyfile))
        unseal_unattended(home)
        try:
            script = Script(homes.make_app(home), made["tokens"]["pi0@bench.example"])
            (line,) = script.get("/studies/bench/transcripts").json()["items"]
            texts.append(script.get(f"/transcripts/{line['id']}").json()["text"])
        finally:
            home.close()
    assert texts[0] == texts[1] != texts[2]


def test_bench_seed_refuses_what_cannot_be(bare: Shell) -> None:
    for wrong in (("--interviews", "0"), ("--words", "0"), ("--interviews", "-1"), ("--study", "Not A Slug")):
        bare.run("bench", "seed", "--home", str(bare.folder / "x"), *wrong, status=2)


# Keys ---------------------------------------------------------------------------------------------------


def test_slots_are_listed_and_added(shell: Shell) -> None:
    assert [slot["kind"] for slot in shell.json("keys", "slots")] == ["keyfile", "recovery"]
    shell.run("keys", "add-slot", "--keyfile", str(shell.folder / "second.key"))
    assert [slot["kind"] for slot in shell.json("keys", "slots")] == ["keyfile", "recovery", "keyfile"]
    assert shell.run("study", "list", "--as", ADMIN, QUALCODER_KEYFILE=str(shell.folder / "second.key")) == ""
