"""The command line as scripts use it: exit statuses, one sentence on errors, JSON and nothing else."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.cli.shell import ADMIN, CODER, PI, ROOT, TEXT, Shell


def test_a_study_goes_its_whole_way_from_the_command_line(study: Shell) -> None:
    study = replace(study, is_real=True)
    here = ("--study", "akims", "--as", PI)
    assert study.json("study", "list", "--as", PI) == [{"slug": "akims", "title": "Выборы", "role": "pi"}]
    file = study.write("interview.txt", TEXT)
    more = ("--category", "voter", "--language", "ru", "--race", "KOY-2022-2")
    uploaded = study.json("transcripts", "upload", file, *here, *more)
    assert [(row["serial"], row["state"]) for row in uploaded] == [("T-001", "review")]
    listed = study.json("transcripts", "list", *here)
    assert [(row["id"], row["state"], row["turns"]) for row in listed] == [(uploaded[0]["id"], "review", 2)]
    assert study.run("review", "accept-all", "T-001", *here).endswith("accepted.\n")
    study.run("review", "publish", uploaded[0]["id"], *here, "--coder", CODER)
    assert study.json("transcripts", "list", *here)[0]["state"] == "codable"
    out = study.folder / "out"
    study.run("matrix", "export", *here, "--out", str(out), "--format", "csv,dta")
    assert sorted(path.name for path in out.iterdir()) == ["akims-matrix.csv", "akims-matrix.dta"]
    assert "KOY-2022-2" in (out / "akims-matrix.csv").read_text("utf-8-sig")
    verdicts = study.json("audit", "verify")
    assert len(verdicts) == 2
    assert all(verdict["first_bad"] is None and verdict["entries"] > 3 for verdict in verdicts)
    study.run("audit", "export", "--out", str(study.folder / "audit.jsonl"))
    lines = [json.loads(line) for line in (study.folder / "audit.jsonl").read_text().splitlines()]
    assert {"transcript.published", "export.made"} <= {line["act"] for line in lines}
    assert "Ойдантапов" not in (study.folder / "audit.jsonl").read_text()
    assert all(study.json("doctor").values())


def test_a_codebook_is_written_and_read_back_unchanged(study: Shell) -> None:
    here = ("--study", "akims", "--as", PI)
    for form in ("yaml", "csv"):
        out = str(study.folder / f"book.{form}")
        study.run("codebook", "export", *here, "--format", form, "--out", out)
        said = study.run("codebook", "import", out, *here)
        assert said.startswith("0 added, 0 changed"), said
    study.run("codebook", "export", *here, "--out", str(study.folder / "book.yaml"), status=2)


def test_an_altered_record_is_found_and_named_with_status_1(study: Shell) -> None:
    def alter(statement: str) -> list[dict[str, Any]]:
        with sqlite3.connect(study.folder / "home" / "data.db") as raw:
            raw.execute(statement)
        raw.close()
        found: list[dict[str, Any]] = json.loads(study.run("audit", "verify", "--json", status=1))
        return found

    bad = alter("UPDATE audit_entry SET act = 'study.seen' WHERE act = 'races.imported'")
    assert sum(verdict["first_bad"] is not None for verdict in bad) == 1
    with sqlite3.connect(study.folder / "home" / "data.db") as raw:
        seq = raw.execute("SELECT seq FROM audit_entry WHERE act = 'study.seen'").fetchone()[0]
    raw.close()
    assert [verdict["first_bad"] for verdict in bad if verdict["first_bad"] is not None] == [seq]
    assert f"BROKEN at entry {seq}" in study.run("audit", "verify", status=1)


def test_bad_input_ends_with_status_2_and_one_sentence(study: Shell) -> None:
    here = ("--study", "akims", "--as", PI)
    empty = study.write("empty.txt", "")
    good = study.write("good.txt", TEXT)
    study.run("transcripts", "upload", good, *here, "--category", "voter")
    races = study.write("races.csv", "race_id\nX-1\n")
    for wrong in (
        ("transcripts", "upload", empty, *here, "--category", "voter"),
        ("transcripts", "upload", good, *here, "--category", "voter"),
        ("transcripts", "upload", str(study.folder / "absent.txt"), *here, "--category", "voter"),
        ("transcripts", "upload", good, *here, "--category", "king"),
        ("transcripts", "upload", good, *here),
        ("transcripts", "upload", good, *here, "--category", "voter", "--race", "NO-1"),
        ("transcripts", "upload", good, *here, "--category", "voter", "--language", "xx"),
        ("review", "accept-all", "T-099", *here),
        ("review", "publish", "T-001", *here, "--coder", "nobody@example.org"),
        ("codebook", "import", races, *here),
        ("codebook", "export", *here, "--format", "docx", "--out", str(study.folder / "x")),
        ("races", "import", races, *here),
        ("matrix", "export", *here, "--out", str(study.folder / "out"), "--format", "parquet"),
        ("matrix", "export", *here, "--out", str(study.folder / "out"), "--profile", "public"),
        ("study", "create", "akims", "--title", "Again", "--as", ADMIN),
        ("study", "create", "Not A Slug", "--title", "X", "--as", ADMIN),
        ("person", "add", "no-address", "--role", "pi", "--study", "akims", "--as", ADMIN),
        ("person", "add", "x@example.org", "--role", "king", "--study", "akims", "--as", ADMIN),
        ("study", "list"),
        ("study", "list", "--as", "nobody@example.org"),
        ("no-such-command",),
        ("study", "list", "--no-such-option"),
    ):
        study.run(*wrong, status=2)


def test_the_table_of_permissions_holds_here_too(study: Shell) -> None:
    for email in (CODER, ADMIN):
        here = ("--study", "akims", "--as", email)
        study.run("matrix", "export", *here, "--out", str(study.folder / "out"), status=2)
        study.run("transcripts", "upload", study.write("x.txt", TEXT), *here, "--category", "voter", status=2)
        study.run("codebook", "import", str(ROOT / "codebooks" / "akim-elections.yaml"), *here, status=2)
    study.run("study", "create", "mine", "--title", "Mine", "--as", PI, status=2)
    assert not (study.folder / "out").exists()


def test_what_is_not_possible_now_ends_with_status_3(shell: Shell, tmp_path: Path) -> None:
    shell.run("study", "list", "--as", ADMIN, status=3, QUALCODER_KEYFILE="")
    shell.run("audit", "verify", status=3, QUALCODER_KEYFILE=str(tmp_path / "absent.key"))
    shell.run("seal", status=3)
    shell.run("study", "list", "--as", ADMIN, status=3, QUALCODER_HOME=str(tmp_path / "elsewhere"))


def test_a_wrong_key_and_a_second_init_are_refused(shell: Shell, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.key"
    wrong.write_bytes(b"\x01" * 32)
    shell.run("study", "list", "--as", ADMIN, status=2, QUALCODER_KEYFILE=str(wrong))
    shell.run("init", "--admin", ADMIN, "--recovery-out", str(tmp_path / "again.txt"), status=3)
    assert shell.json("study", "list", "--as", ADMIN) == []


def test_init_without_a_terminal_says_what_it_needs(bare: Shell, tmp_path: Path) -> None:
    bare.run("init", "--admin", ADMIN, status=2)
    bare.run("init", "--recovery-out", str(tmp_path / "r1.txt"), status=2)
    bare.run("init", "--admin", ADMIN, "--recovery-out", str(tmp_path / "r2.txt"), status=2, QUALCODER_KEYFILE="")


def test_the_recovery_code_and_the_vaults_passphrase_are_readable_by_their_owner_only(study: Shell) -> None:
    for name in ("recovery.txt", "vault.txt", "home.key"):
        assert (study.folder / name).stat().st_mode & 0o077 == 0
    assert [path for path in (study.folder / "home").iterdir() if path.stat().st_mode & 0o077] == []


def test_help_names_every_command_without_a_home(bare: Shell) -> None:
    said = bare.run("--help")
    for name in ("demo", "init", "serve", "worker", "doctor", "unseal", "seal", "person", "study", "races", "codebook"):
        assert name in said


def test_doctor_counts_keys_that_belong_to_nothing(study: Shell) -> None:
    assert study.json("doctor")["counts"] == {"orphaned_interview_keys": 0, "orphaned_respondent_keys": 0}
    assert "  0 orphaned_interview_keys" in study.run("doctor")
