"""Everything that shows by its form and is the same in every language: run on all texts."""

from __future__ import annotations

from qualcoder.anonymise.rules import addresses, contacts, dates, documents, precincts

RULES = documents.RULES + contacts.RULES + dates.RULES + precincts.RULES + addresses.RULES
