"""The combination check: how many people of the public race record fit what a text still says (pure).

One race elects one akim. So an age, a position and a district that each tell nothing can together tell who speaks, to
anybody who has the record beside the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from uuid import UUID

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.scripts import skeleton
from qualcoder.anonymise.surfaces import named_words
from qualcoder.races.ballots import OnBallot

# More of one kind in one text are other people's, and each further one multiplies the combinations.
_MOST_OF_A_KIND = 8
# An interview takes place up to so many years after the vote it is about.
_YEARS_AFTER = 5
_OLDEST_ELECTION = 2013
_AKIM = re.compile(r"(?i)аким|әкім|akim|mayor")
_AGE = re.compile(r"(\d{1,3})(?:\s?[-–—]\s?(\d{1,3}))?(\+)?")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_PERCENT = re.compile(r"(\d{1,2})(?:[.,](\d{1,2}))?\s?(?:%|процент|пайыз|per ?cent)")
_VOTES = re.compile(r"(?<![\d.,])\d{2,5}(?![\d.,%])")


@dataclass(frozen=True, slots=True, repr=False)
class Left:
    """Words that a reader of the released text still sees, and of what kind they are."""

    label: Label
    words: str


@dataclass(frozen=True, slots=True)
class Combination:
    """The narrowest that can be read from a text: so many people in so many contests, by these kinds of words."""

    people: int
    races: int
    kinds: tuple[Label, ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        """Smaller is worse for whoever speaks."""
        return self.races, self.people, len(self.kinds)

    @property
    def names_one(self) -> bool:
        return self.races == 1


_People = frozenset[int]


def narrowest(record: Sequence[OnBallot], left: Iterable[Left], linked: Collection[UUID] = ()) -> Combination | None:
    """The combination of one word of each kind that fits the fewest contests; None when none fits the record.

    With `linked`, the contests an interview is tied to, only combinations that hold one of them count: a text about
    somebody else's race does not tell who speaks. Of combinations that fit as few people, the one of the fewest kinds.
    """
    by_kind = _facts(record, left)
    if not by_kind:
        return None
    everybody = frozenset(range(len(record)))
    found: Combination | None = None
    for chosen in product(*([None, *facts] for facts in by_kind.values())):
        kinds = tuple(kind for kind, fact in zip(by_kind, chosen, strict=True) if fact is not None)
        people = everybody.intersection(*(fact for fact in chosen if fact is not None))
        contests = {record[number].contest_id for number in people}
        if not kinds or not people or (linked and contests.isdisjoint(linked)):
            continue
        one = Combination(len(people), len(contests), kinds)
        if found is None or one.rank < found.rank:
            found = one
    return found


def _facts(record: Sequence[OnBallot], left: Iterable[Left]) -> Mapping[Label, Sequence[_People]]:
    """For each kind the sets of people whom its words fit; words that fit nobody tell nothing."""
    facts: dict[Label, dict[_People, None]] = {}
    for one in dict.fromkeys(left):
        kind = Label.PLACE_FINE if one.label is Label.PLACE_COARSE else one.label
        people = frozenset(_fitting(record, one))
        if people:
            facts.setdefault(kind, {})[people] = None
    return {kind: list(islice(sets, _MOST_OF_A_KIND)) for kind, sets in facts.items()}


def _fitting(record: Sequence[OnBallot], left: Left) -> Iterator[int]:
    if left.label in {Label.PLACE_FINE, Label.PLACE_COARSE}:
        spoken = _rough(left.words)
        return (n for n, person in enumerate(record) if any(_same_place(spoken, name) for name in person.places))
    if left.label is Label.AGE:
        return _by_age(record, left.words)
    if left.label is Label.DATE:
        return _by_year(record, left.words)
    if left.label is Label.RESULT:
        return _by_result(record, left.words)
    if left.label is Label.ROLE and _AKIM.search(left.words):
        return (n for n, person in enumerate(record) if person.is_winner)
    return iter(())


def _rough(words: str) -> frozenset[str]:
    """Beginnings of the words of a place in one spelling: endings of three languages and two scripts fall away."""
    rough = (skeleton(word)[:5] or word for word in named_words(words))
    return frozenset(word for word in rough if len(word) > 2 or word.isdigit())


@lru_cache(maxsize=8192)
def _rough_name(name: str) -> frozenset[str]:
    """The same of a name in the public record: only those are remembered."""
    return _rough(name)


def _same_place(spoken: frozenset[str], name: str) -> bool:
    known = _rough_name(name)
    return bool(spoken) and bool(known) and (spoken <= known or known <= spoken)


def _by_age(record: Sequence[OnBallot], words: str) -> Iterator[int]:
    match = _AGE.search(words)
    if match is None:
        return
    low = int(match[1])
    high = 120 if match[3] else int(match[2] or low)
    for number, person in enumerate(record):
        ages = _ages(person)
        if ages and ages[0] <= high and low <= ages[1]:
            yield number


def _ages(person: OnBallot) -> tuple[int, int] | None:
    """From the age at the vote to that some years later, when the interview may have been held."""
    if person.age_then is not None:
        return person.age_then, person.age_then + _YEARS_AFTER
    if person.birth_year is None or person.held_in is None:
        return None
    return person.held_in - person.birth_year - 1, person.held_in - person.birth_year + _YEARS_AFTER


def _by_year(record: Sequence[OnBallot], words: str) -> Iterator[int]:
    years = {int(year) for year in _YEAR.findall(words)}
    for number, person in enumerate(record):
        votes = {year for year in years if year >= _OLDEST_ELECTION}
        if person.held_in in votes or person.birth_year in years - votes:
            yield number


def _by_result(record: Sequence[OnBallot], words: str) -> Iterator[int]:
    percent = _PERCENT.search(words)
    counts = {int(count) for count in _VOTES.findall(words)} if percent is None else set()
    for number, person in enumerate(record):
        if percent is not None and person.share is not None:
            decimals = percent[2] or ""
            if f"{person.share:.{len(decimals)}f}" == f"{percent[1]}{'.' if decimals else ''}{decimals}":
                yield number
        elif person.votes in counts:
            yield number
