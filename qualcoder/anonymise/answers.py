"""What only the turn before gives away: a bare number is an age when the interviewer has just asked for one.

Also numbers of polling stations that stand again without the word for them (876-да тыныш өтті).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from qualcoder.anonymise.findings import Finding, Label, Tier
from qualcoder.anonymise.letters import Shadow
from qualcoder.anonymise.rules.gates import Gated, asked
from qualcoder.anonymise.rules.number_words import Number, numbers
from qualcoder.anonymise.rules.numbers_in_context import COUNTED
from qualcoder.core.messages import N_

Turn = tuple[int, str, str]

_ASKED: tuple[tuple[Label, Gated], ...] = (
    (
        Label.AGE,
        Gated(
            r"(?<!\w)(?:сколько (?:вам|тебе|ему|ей) (?:сейчас |полных )?лет|возраст|жас(?:ың|ыңыз)\w{0,3}|неше(?:де|ге)"
            r"|how old|your age)(?!\w)",
        ),
    ),
    (
        Label.PRECINCT,
        Gated(
            r"(?<!\w)(?:участ\w{2,4}|учаске\w{0,6}|precinct|polling station)(?!\w)[^.\n]{0,20}"
            r"(?:номер|как|нөмір|қай|қанша|which|number)"
            r"|(?:номер|какой|каком|нөмірі?|қай|қайсы|which|number|number of the)[^.\n]{0,12}"
            r"(?<!\w)(?:участ|учаске|precinct|polling)",
        ),
    ),
    (
        Label.RESULT,
        Gated(
            r"(?<!\w)(?:голоса|голосов|дауыс|результат\w{0,3}|нәтиже\w{0,4}|votes?|results?|outcome|numbers)(?!\w)"
            r"[^.\n]{0,40}(?:\?|\s*\Z)"
            r"|сколько (?:вы |он |она )?(?:набрал|получил)|қанша (?:дауыс|алд)|how many votes",
        ),
    ),
)
_STATION_NUMBER = re.compile(r"\d{2,5}")
_STATION_AGAIN = re.compile(r"(?<![\d.,+\-])(?:№ ?(\d{2,5})(?!\d)|(\d{2,5})-[^\W\d_]{1,5}(?!\w))")
_HEARD = 200
_AGE_WITHIN = 90
_REASONS = {
    Label.AGE: N_("An answer to a question for somebody's age"),
    Label.PRECINCT: N_("An answer to a question for a polling station"),
    Label.RESULT: N_("An answer to a question for a result"),
}
_AGAIN = N_("A polling station named elsewhere in this transcript")


def answered(turns: Sequence[Turn], shadows: Sequence[Shadow]) -> Iterator[Finding]:
    """Numbers that answer the turn before them; offsets are absolute. `shadows` are those of the turns."""
    said = ((start, shadow) for (start, _, _), shadow in zip(turns, shadows, strict=True) if shadow.text.strip())
    for (_, question), (start, answer) in pairwise(said):
        heard = question.text[-_HEARD:]
        gate = asked(heard)
        for label, question_for in _ASKED:
            if question_for.search(heard, gate):
                yield from _answers(start, answer, label)


def _answers(start: int, shadow: Shadow, label: Label) -> Iterator[Finding]:
    for number in numbers(shadow.text):
        if _fits(number, label) and not COUNTED.match(shadow.text, number.end):
            span = shadow.span(number.start, number.end)
            source = (f"answers.{label.lower()}",)
            yield Finding(start + span.start, start + span.end, label, Tier.B, 0.55, source, _REASONS[label])
            if label is Label.AGE:
                return


def _fits(number: Number, label: Label) -> bool:
    if number.value is None:
        return False
    if label is Label.AGE:
        return 5 <= number.value <= 110 and not number.is_ordinal and number.start <= _AGE_WITHIN
    if label is Label.PRECINCT:
        return 10 < number.value < 10_000 and (number.words > 1 or number.end - number.start >= 2)
    return number.value >= 10 and not 1900 <= number.value <= 2100 and not number.is_ordinal


def stations_again(turns: Sequence[Turn], found: Iterable[Finding]) -> Iterator[Finding]:
    """A number of a polling station, wherever it stands again with an ending or a number sign."""
    starts = [start for start, _, _ in turns]
    known: set[str] = set()
    for station in (f for f in found if f.label is Label.PRECINCT):
        start, text, _ = turns[bisect_right(starts, station.start) - 1]
        known.update(_STATION_NUMBER.findall(text[station.start - start : station.end - start]))
    if not known:
        return
    for start, text, _ in turns:
        for match in _STATION_AGAIN.finditer(text):
            if (match[1] or match[2]) in known:
                at = start + match.start(), start + match.end()
                yield Finding(*at, Label.PRECINCT, Tier.B, 0.5, ("answers.again",), _AGAIN)
