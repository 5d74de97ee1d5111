"""E-mail and names on social networks as they are said aloud: собака, точка, нижнее подчёркивание."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qualcoder.anonymise.findings import Finding, Label, Tier
from qualcoder.anonymise.letters import Shadow
from qualcoder.anonymise.rules.gates import Gated, asked
from qualcoder.anonymise.rules.number_words import numbers
from qualcoder.core.messages import N_

_PART = r"[^\W_][\w+\-]{0,40}"
_LINE = (
    r"(?:(?:нижн\w{2,4} )?подч[её]ркивани\w{1,2}|нижний пробел|аст(?:ын|ыңғы|ы) сыз\w{1,5}|underscore|under score"
    r"|төменгі сызық\w{0,4})"
)
_JOINT = rf"(?:точка|нүкте|dot|тире|дефис|сызықша|dash|hyphen|минус|{_LINE})"
_ZONE = r"(?:kz|кз|каз|ru|ру|com|ком|org|орг|net|нет|info|инфо|me|edu|еду|эду|қаз)"
_AT = Gated(
    r"(?:[(\[]at[)\]] ?|(?<!\w)(?:соба(?:ка|чка)|ит белгісі|айқұлақ|эт|at sign|at) )"
    rf"{_PART}(?: {_PART}){{0,2}}?(?:(?: {_JOINT} |\.){_PART}){{0,2}}?(?: (?:точка|нүкте|dot) ?|\.){_ZONE}(?!\w)"
)
_LOCAL = re.compile(
    rf"(?<!\w){_PART}(?:(?: {_JOINT} |[.\-_]){_PART}){{0,5}}(?: \d{{1,4}}){{0,3}} {{0,2}}\Z", re.IGNORECASE
)
_JOINED = Gated(rf"(?<!\w){_PART}(?: {_LINE} {_PART}){{1,3}}(?: \d{{1,4}}(?!\w))?")
_SITE = Gated(rf"(?<!\w){_PART}(?: (?:точка|нүкте|dot) {_PART}){{0,2}} (?:точка|нүкте|dot) {_ZONE}(?!\w)")
_NETWORK = Gated(
    r"(?<!\w)(?:телег(?:а|е|у|рам\w{0,4})|инстаграм\w{0,4}|инст[аеыу]|telegram|instagram|тик[ \-]?ток\w{0,3}|tiktok"
    r"|фейсбук\w{0,4}|facebook|ник(?:нейм)?|nickname|аккаунт\w{0,4}|account)(?!\w)"
)
_WORD_BEFORE = re.compile(r"(?<!\w)([^\W\d_]{2,30})[ \-]\Z")
# A name on a network stands close behind the word for it.
_REACH = 45
_NUMBER_REACH = 20

_EMAIL = N_("An e-mail address, spoken")
_HANDLE = N_("A name on a social network")


@dataclass(frozen=True, slots=True)
class SpokenAddresses:
    """All these rules as one: each begins at a word that is seldom said otherwise."""

    uncased_only: bool = False

    def findings(self, shadow: Shadow) -> Iterator[Finding]:
        text = shadow.text
        gate = asked(text)
        for at in _AT.finditer(text, gate):
            local = _LOCAL.search(text[max(0, at.start() - 160) : at.start()])
            start = at.start() - len(local.group()) if local else at.start()
            yield _found(shadow, self._with_digits(text, start), at.end(), 0.9, "email_spoken", _EMAIL)
        for pattern, score in ((_JOINED, 0.8), (_SITE, 0.75)):
            for said in pattern.finditer(text, gate):
                yield _found(shadow, said.start(), said.end(), score, "handle_spoken", _HANDLE)
        for network in _NETWORK.finditer(text, gate):
            yield from _named(shadow, network.end())

    @staticmethod
    def _with_digits(text: str, start: int) -> int:
        """ойдантап сексен бес собака …: the digits and the word before them belong to the address."""
        before = text[max(0, start - 80) : start]
        said = [n for n in numbers(text[max(0, start - 80) :][:160]) if n.start < len(before) <= n.end]
        if not said:
            return start
        word = _WORD_BEFORE.search(before[: said[-1].start])
        return start - len(before) + (word.start() if word else said[-1].start)


def _named(shadow: Shadow, start: int) -> Iterator[Finding]:
    """A word and digits after the name of a network: телеграмда мағжан ноль бес."""
    following = shadow.text[start : start + _REACH + 40].partition("\n")[0]
    for number in numbers(following):
        word = _WORD_BEFORE.search(following[: number.start])
        is_dictated = number.words > 1 or (number.value is not None and number.end - number.start <= 4)
        if word and word.start() <= _REACH and is_dictated and number.value != 1 and number.words < 5:
            yield _found(shadow, start + word.start(1), start + number.end, 0.6, "handle_cue_spoken", _HANDLE)
        return


def _found(shadow: Shadow, start: int, end: int, score: float, source: str, reason: str) -> Finding:
    span = shadow.span(start, end)
    return Finding(span.start, span.end, Label.CONTACT, Tier.A, score, (f"structured.{source}",), reason)
