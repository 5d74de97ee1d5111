"""The figures of an evaluation as tables that can be read on a terminal and in a Markdown page."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from qualcoder.anonymise.evaluating import GroupFigures, Interval, LabelFigures, Report
from qualcoder.anonymise.gold import Case

LABEL_COLUMNS = (
    "language", "style", "label", "mentions", "masked", "(95 %)", "unseen", "P", "R", "F", "entities leaked",
    "documents leaked",
)  # fmt: skip
GROUP_COLUMNS = ("language", "style", "documents", "words", "flagged", "gold", "ratio", "keep hidden")
SPEED = "words/s"
_CASES = {Case.AS_IS: "", Case.LOWER: ", lower-cased", Case.BARE: ", lower-cased, no punctuation"}


def tables(report: Report, *, with_speed: bool = True, labels: Container[str] | None = None) -> str:
    """Both tables; figures are rounded, and "-" stands where there is nothing to count.

    Speed depends on the machine, so a page that is compared with a later run leaves it out. `labels` chooses rows.
    """
    shown = [one for one in report.labels if labels is None or one.label in labels]
    speed = (SPEED,) if with_speed else ()
    groups = [_group(one, with_speed=with_speed) for one in report.groups]
    return "\n".join(
        (
            *_table(LABEL_COLUMNS, [_label(one) for one in shown]),
            "",
            *_table((*GROUP_COLUMNS, *speed), groups),
        )
    )


def _label(one: LabelFigures) -> tuple[str, ...]:
    return (
        one.language,
        one.style + _CASES[Case(one.case)],
        one.label,
        str(one.mentions),
        _share(one.masked.share),
        _between(one.masked),
        "-" if one.unseen is None or not one.unseen.of else f"{_share(one.unseen.share)} of {one.unseen.of}",
        _share(one.precision),
        _share(one.recall),
        _share(one.f1),
        f"{_percent(one.entity_leaks.share)} of {one.entity_leaks.of}",
        f"{_percent(one.document_leaks.share)} of {one.document_leaks.of}",
    )


def _group(one: GroupFigures, *, with_speed: bool) -> tuple[str, ...]:
    speed = ("-" if one.words_per_second is None else f"{one.words_per_second:.0f}",) if with_speed else ()
    return (
        one.language,
        one.style + _CASES[Case(one.case)],
        str(one.documents),
        str(one.words),
        _percent(one.flagged_share),
        _percent(one.gold_share),
        "-" if one.flagged_ratio is None else f"{one.flagged_ratio:.2f}",
        "-" if one.kept_hidden is None else f"{_percent(one.kept_hidden)} of {one.kept}",
        *speed,
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def _between(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return "-"
    return f"{interval.low:.2f}–{interval.high:.2f}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = [tuple(columns), *(tuple(row) for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(columns))]
    for n, line in enumerate(lines):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        if n == 0:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"
