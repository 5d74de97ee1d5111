"""Everything that shows by its form and is the same in every language: run on all texts."""

from __future__ import annotations

from qualcoder.anonymise.rules import addresses, contacts, dates, documents, precincts
from qualcoder.anonymise.rules.numbers_in_context import NumbersInContext
from qualcoder.anonymise.rules.pattern import Finder
from qualcoder.anonymise.rules.spoken_addresses import SpokenAddresses

RULES: tuple[Finder, ...] = (
    *documents.RULES,
    *contacts.RULES,
    *dates.RULES,
    *precincts.RULES,
    *addresses.RULES,
    NumbersInContext(),
    SpokenAddresses(),
)
