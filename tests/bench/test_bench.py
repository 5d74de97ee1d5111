"""Measuring works: every work runs at small sizes on a real server, and the table judges as the targets say."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.bench import beside
from tests.bench.__main__ import ITEMS, main, measure
from tests.bench.figures import Law, Report
from tests.bench.sizes import QUICK


@pytest.mark.slow
def test_every_work_can_be_measured(tmp_path: Path) -> None:
    items = [item for item in ITEMS if item not in {"browser", "painted"}]
    # In a thread of its own: a browser of other tests may have a loop in this one.
    with ThreadPoolExecutor(1) as threads:
        report = threads.submit(asyncio.run, measure(items, QUICK, tmp_path)).result()
    skipped = {line.split("  ")[0].strip() for line in report.skipped}
    assert skipped <= {"passages as csv and xlsx"}, report.skipped
    assert len(report.figures) > 20
    assert all(figure.value > 0 for figure in report.figures)
    assert len(report.laws) >= 9


def test_a_law_is_kept_up_to_its_limit() -> None:
    assert Law("a", 100.0, 115.0, 1.15).is_kept
    assert not Law("a", 100.0, 116.0, 1.15).is_kept
    assert "BELOW" in str(Law("a", 100.0, 116.0, 1.15))


def test_a_work_that_fails_its_check_is_named_and_the_others_go_on() -> None:
    said: list[str] = []
    report = Report(said.append)
    with report.naming("one"):
        raise OSError("the server hung up")
    report.figure("two", 1.0, "ms")
    assert [line.split()[0] for line in said] == ["--", "one", "two"]


@pytest.mark.parametrize(
    ("figure", "theirs", "ours", "times"),
    [
        ("add_seq_8000w.p50", 50.0, 5.0, 10.0),
        ("add_closed_20u.per_s", 20.0, 100.0, 5.0),
        ("idle_rss_mb", 80.0, 160.0, 0.5),
    ],
)
def test_more_than_one_always_favours_us(figure: str, theirs: float, ours: float, times: float) -> None:
    assert beside.ratio(figure, theirs, ours) == times


def test_targets_are_judged_by_the_middle_of_the_repeats() -> None:
    said: list[str] = []
    rounds = [{"taguette": {"a": {"ms": 100.0}}, "ours": {"a": {"ms": ours}}} for ours in (10.0, 5.0, 50.0)]
    assert beside.table(rounds, {"a.ms": 10.0, "b.ms": 2.0}, said.append) == 0
    assert beside.table(rounds, {"a.ms": 11.0}, said.append) == 1
    assert any("not measured" in line for line in said)
    assert "BELOW 11" in said[-1]


def test_an_unknown_work_is_wrong_usage() -> None:
    with pytest.raises(SystemExit):
        main(["nothing"])
