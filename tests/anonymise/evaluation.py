"""`python -m tests.anonymise.evaluation`: detection on the invented interviews; --write puts it in the page.

--card writes the model card into the page, with the figures of cross-validation, and measures nothing.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from qualcoder.anonymise.evaluating import ANY, DIRECT, PLACE, STRUCTURED, Report
from qualcoder.anonymise.evaluation_table import tables
from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.trained_models import CARD, SHIPPED
from qualcoder.anonymise.training import card_page
from qualcoder.commands.evaluating import cased, measured
from tests.anonymise.gold_texts import gold_texts

PAGE = Path(__file__).resolve().parents[2] / "ANONYMISATION.md"
ROWS = frozenset({Label.PERSON.value, PLACE, STRUCTURED, DIRECT, ANY})
_FIGURES = re.compile(r"(?<=<!-- figures of the invented interviews -->\n).*?(?=<!-- end of figures -->)", re.DOTALL)
_CARD = re.compile(r"(?<=<!-- model card -->\n).*?(?=<!-- end of model card -->)", re.DOTALL)


def report() -> Report:
    """Detection on all invented texts in all cases."""
    return measured(cased(gold_texts(), also_lower=True))


def figures(of: Report) -> str:
    """The part of the page that is written by the program; without speed, which is the machine's."""
    return f"{tables(of, with_speed=False, labels=ROWS)}\n"


def in_page() -> str:
    """What the page says now."""
    found = _FIGURES.search(PAGE.read_text("utf-8"))
    return found.group() if found else ""


def card() -> str:
    """The model card as it should stand in the page."""
    return f"{card_page.page(SHIPPED / CARD)}\n"


def card_in_page() -> str:
    """The model card as the page shows it now."""
    found = _CARD.search(PAGE.read_text("utf-8"))
    return found.group() if found else ""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure detection on the invented interviews.")
    parser.add_argument("--write", action="store_true", help="write the tables into ANONYMISATION.md")
    parser.add_argument("--all", action="store_true", help="print a row for each label")
    parser.add_argument("--card", action="store_true", help="only write the model card into ANONYMISATION.md")
    chosen = parser.parse_args()
    if chosen.card:
        PAGE.write_text(_CARD.sub(lambda _old: card(), PAGE.read_text("utf-8")), "utf-8")
        return
    found = report()
    sys.stdout.write(tables(found, labels=None if chosen.all else ROWS) + "\n")
    if chosen.write:
        PAGE.write_text(_FIGURES.sub(lambda _old: figures(found), PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
