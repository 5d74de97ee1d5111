"""`anonymise scan` and `anonymise evaluate` on files and folders, without a home."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from qualcoder.commands.evaluating import anonymise_evaluate
from qualcoder.commands.scanning import anonymise_scan
from qualcoder.core.errors import Invalid
from tests.cli.shell import TEXT, Shell

GOLD = {
    "id": "g1",
    "language": "ru",
    "style": "written",
    "text": TEXT,
    "spans": [
        {"start": TEXT.index("Серик"), "end": TEXT.index(", телефон"), "label": "PERSON"},
        {"start": TEXT.index("+7"), "end": TEXT.index(". Воды"), "label": "CONTACT"},
    ],
}


def gold_lines(*lines: dict[str, Any]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def evaluated(bare: Shell, *arguments: str) -> Any:
    return json.loads(bare.run("anonymise", "evaluate", *arguments, "--json", QUALCODER_KEYFILE=""))


def test_evaluate_needs_no_home_and_counts_each_case(bare: Shell) -> None:
    path = bare.write("gold.jsonl", gold_lines(GOLD))
    found = evaluated(bare, path, "--lower", "--missed")
    rows = {(row["case"], row["label"]): row for row in found["labels"]}
    assert {case for case, _label in rows} == {"as_is", "lower", "bare"}
    assert rows["as_is", "PERSON"]["masked_recall"] == 1.0
    assert rows["bare", "CONTACT"]["masked_recall"] == 1.0
    assert {row["documents"] for row in found["groups"]} == {1}
    assert all({"id", "case", "start", "end", "label"} == set(one) for one in found["missed"])
    assert "missed" not in evaluated(bare, path)
    assert not (bare.folder / "home").exists()


def test_evaluate_takes_a_folder_and_a_list_of_what_was_trained_on(bare: Shell) -> None:
    (bare.folder / "gold" / "deep").mkdir(parents=True)
    bare.write("gold/a.jsonl", gold_lines(GOLD))
    bare.write("gold/deep/b.jsonl", gold_lines(GOLD | {"id": "g2", "language": "kk"}))
    bare.write("gold/README", "no gold")
    seen = bare.write("seen.txt", hashlib.sha256("серик ойдантапов".encode()).hexdigest() + "\n")
    found = evaluated(bare, str(bare.folder / "gold"), "--seen", seen, "--language", "gold")
    of_all = {row["label"]: row for row in found["labels"] if row["language"] == "all"}
    assert (of_all["PERSON"]["mentions"], of_all["PERSON"]["unseen_mentions"]) == (2, 0)
    assert (of_all["CONTACT"]["unseen_mentions"], of_all["CONTACT"]["unseen_masked_recall"]) == (2, 1.0)


def test_evaluate_prints_a_table(bare: Shell) -> None:
    shown = bare.run("anonymise", "evaluate", bare.write("gold.jsonl", gold_lines(GOLD)))
    assert "| ru       | written | PERSON" in shown
    assert "words/s" in shown


@pytest.mark.parametrize(
    "text", ["", "{", '{"text": 1}', '{"text": "a", "spans": [{"start": 0, "end": 9, "label": "PERSON"}]}']
)
def test_bad_gold_is_refused_in_one_sentence(bare: Shell, text: str) -> None:
    bare.run("anonymise", "evaluate", bare.write("bad.jsonl", text), "--json", status=2)


def test_wrong_usage_of_evaluate_is_refused(bare: Shell) -> None:
    gold = bare.write("gold.jsonl", gold_lines(GOLD))
    (bare.folder / "empty").mkdir()
    (bare.folder / "x.bin").write_bytes(b"\xff\x00")
    for wrong in (
        (),
        (str(bare.folder / "absent"),),
        (str(bare.folder / "empty"),),
        (str(bare.folder / "x.bin"),),
        (gold, "--language", "fr"),
        (gold, "--seen", gold),
        (gold, "--seen", str(bare.folder / "absent")),
    ):
        bare.run("anonymise", "evaluate", *wrong, status=2)


def test_scan_takes_a_folder_and_an_empty_file(bare: Shell) -> None:
    (bare.folder / "texts" / ".hidden").mkdir(parents=True)
    for name in ("texts/b.txt", "texts/a.txt", "texts/.hidden/c.txt", "texts/.d.txt"):
        bare.write(name, TEXT if name.endswith("b.txt") else "")
    bare.write("texts/table.csv", TEXT)
    found = json.loads(bare.run("anonymise", "scan", str(bare.folder / "texts"), "--json"))
    assert [one["file"].rsplit("/", 1)[-1] for one in found] == ["a.txt", "b.txt"]
    assert (found[0]["spans"], found[0]["text_sha256"]) == ([], hashlib.sha256(b"").hexdigest())
    assert {span["label"] for span in found[1]["spans"]} == {"PERSON", "CONTACT"}
    (bare.folder / "none").mkdir()
    bare.run("anonymise", "scan", str(bare.folder / "none"), status=2)


def test_a_bad_file_among_good_ones_is_named(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(TEXT, "utf-8")
    (tmp_path / "broken.txt").write_bytes(b"a\x00\x00\x00b")
    with pytest.raises(Invalid, match=r"^broken\.txt: The file holds zero bytes"):
        anonymise_scan([tmp_path / "good.txt", tmp_path / "broken.txt"])
    (tmp_path / "broken.jsonl").write_text("{}", "utf-8")
    with pytest.raises(Invalid, match=r"^broken\.jsonl: Line 1"):
        anonymise_evaluate([tmp_path / "broken.jsonl"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_scan_counts_in_the_decoded_text_of_every_encoding(bare: Shell, encoding: str, end: str) -> None:
    # A decomposed letter, an invisible sign and a smiley stand before the name.
    before = "" if encoding == "cp1251" else "\u0438\u0306\u200b😀 "
    text = before + TEXT.replace("\n", end)
    path = bare.folder / "x.txt"
    path.write_bytes(text.encode(encoding))
    (one,) = json.loads(bare.run("anonymise", "scan", str(path), "--json"))
    assert one["text_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    said = {span["label"]: text[span["start"] : span["end"]] for span in one["spans"]}
    assert said == {"PERSON": "Серик Ойдантапов", "CONTACT": "+7 700 000 00 16"}
