"""What only the turn before gives away: a bare number is an age when the interviewer has just asked for one.

Also numbers of polling stations that stand again without the word for them (876-да тыныш өтті).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from qualcoder.anonymise.findings import Finding, Label, Tier
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.rules.number_words import Number, numbers
from qualcoder.anonymise.rules.numbers_in_context import COUNTED
from qualcoder.core.messages import N_

Turn = tuple[int, str, str]

_ASKED: tuple[tuple[Label, re.Pattern[str]], ...] = (
    (
        Label.AGE,
        re.compile(
            r"(?<!\w)(?:сколько (?:вам|тебе|ему|ей) (?:сейчас |полных )?лет|возраст|жас(?:ың|ыңыз)\w{0,3}|неше(?:де|ге)"
            r"|how old|your age)(?!\w)",
            re.IGNORECASE,
        ),
    ),
    (
        Label.PRECINCT,
        re.compile(
            r"(?<!\w)(?:участ\w{2,4}|учаске\w{0,6}|precinct|polling station)(?!\w)[^.\n]{0,20}"
            r"(?:номер|как|нөмір|қай|қанша|which|number)"
            r"|(?:номер|какой|каком|нөмірі?|қай|қайсы|which|number|number of the)[^.\n]{0,12}"
            r"(?<!\w)(?:участ|учаске|precinct|polling)",
            re.IGNORECASE,
        ),
    ),
    (
        Label.RESULT,
        re.compile(
            r"(?<!\w)(?:голоса|голосов|дауыс|результат\w{0,3}|нәтиже\w{0,4}|votes?|results?|outcome|numbers)(?!\w)"
            r"[^.\n]{0,40}(?:\?|\s*\Z)"
            r"|сколько (?:вы |он |она )?(?:набрал|получил)|қанша (?:дауыс|алд)|how many votes",
            re.IGNORECASE,
        ),
    ),
)
_HEARD = 200
_AGE_WITHIN = 90
_REASONS = {
    Label.AGE: N_("An answer to a question for somebody's age"),
    Label.PRECINCT: N_("An answer to a question for a polling station"),
    Label.RESULT: N_("An answer to a question for a result"),
}
_AGAIN = N_("A polling station named elsewhere in this transcript")


def answered(turns: Sequence[Turn]) -> Iterator[Finding]:
    """Numbers that answer the turn before them; offsets are absolute."""
    for (_, question, _), (start, answer, _) in pairwise(turn for turn in turns if turn[1].strip()):
        heard = shadow_of(question[-_HEARD:]).text
        for label, asked in _ASKED:
            if asked.search(heard):
                yield from _answers(start, answer, label)


def _answers(start: int, answer: str, label: Label) -> Iterator[Finding]:
    shadow = shadow_of(answer)
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
    stations = [f for f in found if f.label is Label.PRECINCT]
    known = {
        number
        for start, text, _ in turns
        for f in stations
        if start <= f.start and f.end <= start + len(text)
        for number in re.findall(r"\d{2,5}", text[f.start - start : f.end - start])
    }
    if not known:
        return
    again = re.compile(rf"(?<![\d.,+\-])(?:№ ?(?:{'|'.join(known)})(?!\d)|(?:{'|'.join(known)})-[^\W\d_]{{1,5}}(?!\w))")
    for start, text, _ in turns:
        for match in again.finditer(text):
            yield Finding(
                start + match.start(), start + match.end(), Label.PRECINCT, Tier.B, 0.5, ("answers.again",), _AGAIN
            )
