"""Numbers that tell by what stands around them: votes, ages, polling stations, dates in words, dictated digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qualcoder.anonymise.findings import Finding, Label, Tier
from qualcoder.anonymise.letters import Shadow
from qualcoder.anonymise.rules.gates import Gated, asked
from qualcoder.anonymise.rules.number_words import DICTATED, Number, numbers
from qualcoder.core.messages import N_

_BEFORE, _AFTER = 60, 40
_AROUND = 160

_MONTH = (
    r"(?:январ|феврал|март|апрел|ма[йяе](?!\w)|июн|июл|август|сентябр|октябр|ноябр|декабр|қаңтар|ақпан|наурыз|сәуір"
    r"|мамыр|маусым|шілде|тамыз|қыркүйек|қазан(?!д)|қараша|желтоқсан|january|february|march|april|may(?!\w)|june|july"
    r"|august|september|october|november|december)\w{0,6}"
)
_MONTH_AFTER = re.compile(rf"(?:[ \-](?:жыл\w{{0,6}}|of|the|of the|день|дня|күні))?,? {_MONTH}", re.IGNORECASE)
_MONTH_BEFORE = Gated(rf"(?<!\w){_MONTH} (?:the |of |in )?(?:\d{{1,2}}(?:st|nd|rd|th)?,? )?\Z")
_YEAR_WORD = re.compile(r"[ \-](?:год(?:а|у|ом)?|жыл\w{0,6})(?!\w)", re.IGNORECASE)
_BIRTH = Gated(r"(?<!\w)(?:рожд|родил|туған|туыл|дүниеге кел|born|birth)")

_OF_PARTY = Gated(r"парти\w{1,4}[^.\n]{0,30}\Z")
_VOTE_UNIT = re.compile(
    r"[ \-]{1,2}(?:ақ )?(?:голос(?:а|ов|ами|ах)?|дауыс\w{0,7}|votes?|бюллетен\w{1,4}|ballots?|сайлаушы\w{0,6}"
    r"|жарамсыз|недействит\w{1,8}|invalid|spoil\w{1,4}|избирател\w{1,4})(?!\w)",
    re.IGNORECASE,
)
_SHARE_UNIT = re.compile(r" ?%| (?:процент\w{0,4}|пайыз\w{0,7}|percent|per cent)(?!\w)", re.IGNORECASE)
_PEOPLE_UNIT = re.compile(r" (?:человек\w?|адам\w{0,4}|кісі\w{0,3}|people|persons)(?!\w)", re.IGNORECASE)
_NO_SHARE_OF_VOTES = Gated(
    r"(?<!\w)(?:налог|скидк|зарплат|тариф|рост|инфляц|ипотек|кредит|ставк|салық|жалақы|несие|өсім|жеңілдік|tax|discount"
    r"|inflation|interest|salar|growth)"
)
_FOR_SOMEBODY = Gated(r"(?<!\w)(?:за н(?:его|её|ее|их)|берді|берген|беріпті|проголос|победи|голосова|voted|жазды)")
_VOTES_NEARBY = Gated(
    r"(?<!\w)(?:голос(?:а|ов)?(?!\w)|дауыс|бюллетен|ballot|votes?(?!\w)|пайыз|процент|percent|%|набра|победи|выигра|выдали"
    r"|жарамсыз|недействит|распределил|явк|turnout|сайлаушы|берді(?!\w)|берген|came|got(?!\w)|took(?!\w)|против всех)"
)
_BARE_NEXT = re.compile(
    r"(?:-?[а-яәіңғүұқөһ]{1,3}(?!\w))?(?:\s*\Z|\s*\n|[.,;:!?»\")]| [\-–—] | \w{2,20}(?:ға|ге|қа|ке|на|не) бер"
    r"| (?:а|и|но|это|же|за|ал|мен|болды|болған"
    r"|болатын|набрал\w?|взял\w?|получил\w?|берді|алды|жазды|бірақ|деп|шамамен|сонда|тек|ғана|it|but|i|and|which|for"
    r"|только|всего|против|есімде)(?!\w))",
    re.IGNORECASE,
)
_WHOLE_PART = re.compile(r"(?<![\d.,])\d{1,3}[.,]\Z")
# Without punctuation the end of a number shows only by what is not counted after it.
COUNTED = re.compile(
    r"-?\w{0,4} ?(?:тенге|теңге|руб|долл|%|процент|пайыз|мың|млн|тыс|км|километр|метр|шақырым|сот|га(?!\w)|гектар"
    r"|раз(?!\w)|рет|дом|үй|сынып|класс|час|сағат|минут|ай(?!\w)|месяц|апта|недел|күн|день|дней|дня|бала|дет|реб|бас(?!\w)|голов"
    r"|year|month|week|day|hour|kilomet|tenge|child|kids|жыл(?!\w)|жылдан|жас|лет(?!\w)|год|человек|адам|кісі|people"
    r"|сел(?!\w)|сёл|ауыл|учени|оқушы|сиыр|қой(?!\w)|бюллетен)",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[.,!?]")
_SIGN_BEFORE = re.compile(r"(?:[№#@/:.,\-–—+]|\d|\d |\d,)\Z")

_AGE_UNIT = re.compile(
    r"(?:[ \-]{1,2}(?:лет|год(?:а|ик\w{0,3})?|жас(?!тар)(?:та\w{0,6}|қа|ар|ым\w{0,4}|ында\w{0,3}|ы|тағы)?"
    r"|years?[ \-]old|летн\w{2,3}))(?!\w)",
    re.IGNORECASE,
)
_AGE_CUE = Gated(
    r"(?<!\w)(?:жас(?:ым|ы|ыңыз|ымыз)(?: да| де)?(?: (?:келді|қазір|биыл|енді|міне)){0,2}|возраст\w{0,2}|мне|ему|ей"
    r"|исполнилось|стукнуло|aged?|i am|i'm|he is|she is|he's|she's|turned|(?:is|was)(?: \w{4,12})?)[ :,\-–—]{1,3}"
    r"(?:(?:уже|сейчас|всего|только|было|будет|тогда|скоро|about|almost|now|қазір|биыл) ){0,2}\Z"
)
_AGE_NEXT = re.compile(
    r"(?:-?[тд][ае])?(?:\s*\Z|\s*\n|[.,;!?»\")](?!\d)| [\-–—] "
    r"| (?:и|а|но|будет|год\w?|лет|осы|енді|і|and|i|but|now|she|he|болды|келді|скоро|мен|or)(?!\w))",
    re.IGNORECASE,
)
# Эмме Карловне семьдесят девять, …: a name in the case of the one whose age it is.
_TO_SOMEBODY = re.compile(r"(?<!\w)(?:[А-ЯЁ]\w{2,24}[еуюи]) \Z")
_TO_SOMEBODY_LOWER = re.compile(r"(?<!\w)\w{3,24}[еуюи] \Z")
_REACHED = re.compile(r"(?:-?(?:қа|ке|ға|ге))? тол(?:ды|дым|ған|ғанмын|ып|ам|ады)(?!\w)", re.IGNORECASE)
_THEN_THEY = re.compile(r",? (?:она|он|ей|ему)(?!\w)")
_NO_AGE_AFTER = re.compile(
    r" ?(?:независимост|назад|спустя|подряд|тәуелсізд|бұрын|ago(?!\w)|of indep|of exp|later|in office|in a row"
    r"|(?:в|на) (?:должност|акимат|работ|школ|комисси)|[а-яё]{2,14}(?:л|ла|ли|ло|лся|лась|лись)(?!\w)|жұмыс|істе|отыр)",
    re.IGNORECASE,
)
_NO_AGE_BEFORE = Gated(
    r"(?<!\w)(?:за|через|спустя|более|больше|свыше|последн\w{2,4}|каждые|течение|прошло|почти|уже|около|стаж\w{0,2}"
    r"|опыт\w{0,2}|работа\w{1,5}|жив\w{1,4}|жил\w{0,2}|были?|была|он|она|отец|соңғы|бойы|for|past|last|after|over|every)"
    r"(?: (?:эти|уже|более|почти|около|the|more than|здесь|тут))? \Z"
)
_TENS_OF = Gated(
    r"(?<!\w)(?:жиырманың|отыздың|қырықтың|елудің|алпыстың|жетпістің|сексеннің|тоқсанның) "
    r"(?:бір|екі|үш|төрт|бес|алты|жеті|сегіз|тоғыз)\w{0,12}"
)

_STATION = (
    r"(?:участ(?:ок\w{0,4}|к[аеуи]|ком|ках|кам|ков)|учаске\w{0,10}|УИК\w{0,2}|polling (?:stations?|places?)|precincts?)"
)
_LIST = r"(?:(?:,| и| және| мен| and)? ?№? ?\d{1,5}(?:-\w{1,3})?){0,5}"
_STATION_AFTER = re.compile(
    rf"(?:-\w{{1,4}})?{_LIST} (?:избирательн\w{{2,4}} |сайлау )?{_STATION}(?!\w)", re.IGNORECASE
)
_STATION_BEFORE = Gated(
    rf"(?<!\w){_STATION}(?: для голосования)?[ :,\-–—]{{1,3}}(?:(?:номер|нөмірі?|number|no\.?|скажем|это|мысалы"
    rf"|например|біздің|наш)[ :,\-–—]{{1,3}}){{0,2}}(?:№ ?)?{_LIST}(?:,| и| және| мен| and)? ?(?:№ ?)?\Z"
)
_STATION_NEAR = Gated(rf"(?<!\w){_STATION}(?!\w)[^\n]{{0,90}}\Z")
_CASE_MARK = re.compile(r"-\w{1,4}(?!\w)")
_NUMBER_SIGN = re.compile(r"№ ?\Z")
_ORDINAL_MARK = re.compile(
    r"-(?:й|м|го|му|я|ом|да|де|та|те|дағы|дегі|ші|шы|нші|ншы|інші|ыншы)(?!\w)[,. ]", re.IGNORECASE
)
_NOT_LAND = re.compile(
    r" ?(?:сот|га(?!\w)|гектар|кв|м2|километр|км|метр|процент|%|сынып|класс|год|жыл|век|ғасыр|раз(?!\w)|школ|мектеп"
    r"|апрел|мая|март|дом|үй|кварт|час|сағат)",
    re.IGNORECASE,
)

_CONTACT_CUE = Gated(
    r"(?<!\w)(?:тел(?:\.|ефон)|сот(?:ов|ка|ты)|номер|нөмір|моб|в[оа]тсап|уатсап|phone|mobile|call|звон|қоңырау|хабарлас"
    r"|жазып ал|запиш|иин|жсн|бин|бсн)[^\n.]{0,40}\Z"
)
_AMOUNT = re.compile(
    r" ?(?:теңге|тенге|тг(?!\w)|₸|₽|\$|€|%|процент|пайыз|percent|руб|доллар|мың|млн|млрд|миллион|тыс|голос|дауыс|vote"
    r"|адам|человек|people|шт(?!\w)|км|га(?!\w)|гектар|tenge|раз(?!\w)|рет|год|лет|жыл|жас|бас(?!\w)|голов|метр|литр)",
    re.IGNORECASE,
)
_PLATE = re.compile(r" ([^\W\d_]{2,3}) ")
_VOWEL = re.compile(r"[аеёиоуыэюяәіөұүaeiouy]", re.IGNORECASE)

_VOTES = N_("A figure of the count in one place")
_PRECINCT = N_("A polling station or its commission by number")
_AGE = N_("An age")
_DATE = N_("A date")
_DIGITS = N_("Five or more number words in a row, as numbers are dictated")


class _Seen:
    """A number with the text around it, and what gates ask of the text before it."""

    __slots__ = ("_asked", "after", "before", "number", "text")

    def __init__(self, number: Number, text: str) -> None:
        self.number = number
        self.text = text
        self.before = text[max(0, number.start - _BEFORE) : number.start]
        self.after = text[number.end : number.end + _AFTER]
        self._asked = asked(self.before)

    def follows(self, cue: Gated) -> re.Match[str] | None:
        """The cue in the text before the number."""
        return cue.search(self.before, self._asked)

    def near(self, pattern: Gated) -> bool:
        """Whether a word stands in the same line, at some distance."""
        start = self.text.rfind("\n", max(0, self.number.start - _AROUND), self.number.start) + 1
        start = max(start, self.number.start - _AROUND)
        line = self.text[start : self.number.end + _AROUND // 2].partition("\n")[0]
        return pattern.search(line, asked(line)) is not None


@dataclass(frozen=True, slots=True)
class NumbersInContext:
    """All these rules as one, for they walk over the numbers of a text once."""

    uncased_only: bool = False

    def findings(self, shadow: Shadow) -> Iterator[Finding]:
        text = shadow.text
        for match in _TENS_OF.finditer(text, asked(text)):
            yield _found(shadow, match.start(), match.end(), Label.AGE, 0.8, "age_idiom", _AGE)
        last: Number | None = None
        for number in numbers(text):
            seen = _Seen(number, text)
            if last is not None and (plate := _plate(text, last, number)):
                yield _found(shadow, *plate, Label.ID, 0.8, "plate_spoken", N_("A car's number plate"), Tier.A)
            for label, start, end, score, source, reason in _judged(seen):
                tier = Tier.A if label is Label.CONTACT else Tier.B
                yield _found(shadow, start, end, label, score, source, reason, tier)
            last = number


_Judged = tuple[Label, int, int, float, str, str]


def _judged(seen: _Seen) -> Iterator[_Judged]:
    yield from _votes(seen)
    yield from _ages(seen)
    yield from _stations(seen)
    yield from _dates(seen)
    yield from _dictated(seen)


def _found(
    shadow: Shadow, start: int, end: int, label: Label, score: float, source: str, reason: str, tier: Tier = Tier.B
) -> Finding:
    span = shadow.span(start, end)
    return Finding(span.start, span.end, label, tier, score, (f"structured.{source}",), reason)


def _is_bare(seen: _Seen) -> bool:
    if _SIGN_BEFORE.search(seen.before):
        return False
    if _PUNCTUATION.search(seen.before) or _PUNCTUATION.search(seen.after):
        return _BARE_NEXT.match(seen.after) is not None
    return not COUNTED.match(seen.after)


def _votes(seen: _Seen) -> Iterator[_Judged]:
    number = seen.number
    if number.value is None or seen.follows(_OF_PARTY):
        return
    # 64,2 was read as two numbers.
    whole = _WHOLE_PART.search(seen.before)
    start = number.start - len(whole.group()) if whole else number.start
    if unit := _VOTE_UNIT.match(seen.after):
        yield Label.RESULT, start, number.end + unit.end(), 0.7, "votes_words", _VOTES
    elif unit := _SHARE_UNIT.match(seen.after):
        if number.value <= 100 and not _NO_SHARE_OF_VOTES.search(around := seen.before + seen.after, asked(around)):
            yield Label.RESULT, start, number.end + unit.end(), 0.55, "share", _VOTES
    elif (unit := _PEOPLE_UNIT.match(seen.after)) and (
        _FOR_SOMEBODY.search(seen.after, asked(seen.after)) or seen.follows(_FOR_SOMEBODY)
    ):
        yield Label.RESULT, start, number.end + unit.end(), 0.5, "voters", _VOTES
    elif _is_count(number) and _is_bare(seen) and seen.near(_VOTES_NEARBY) and not seen.follows(_AGE_CUE):
        mark = _CASE_MARK.match(seen.after)
        yield Label.RESULT, start, number.end + (mark.end() if mark else 0), 0.5, "votes_bare", _VOTES


def _is_count(number: Number) -> bool:
    value = number.value or 0
    return value >= 10 and not 1900 <= value <= 2100 and not number.is_ordinal and not number.i_am


def _ages(seen: _Seen) -> Iterator[_Judged]:
    number = seen.number
    if number.value is None or not 1 <= number.value <= 110 or number.is_ordinal:
        return
    if number.i_am and number.value >= 5:
        yield Label.AGE, number.start, number.end, 0.8, "age_i_am", _AGE
    elif unit := _AGE_UNIT.match(seen.after):
        is_long = number.value >= 14 or "жас" in unit.group().casefold()
        end = number.end + unit.end()
        is_said = seen.follows(_AGE_CUE) is not None
        is_span = _NO_AGE_AFTER.match(seen.text, end) or seen.follows(_NO_AGE_BEFORE)
        if is_said or (is_long and not is_span):
            yield Label.AGE, number.start, end, 0.75 if is_said else 0.6, "age_words", _AGE
    elif number.value >= 5 and seen.follows(_AGE_CUE) and _is_age_alone(seen):
        yield Label.AGE, number.start, number.end + len(_case(seen)), 0.7, "age_cue", _AGE
    elif number.value >= 14 and number.words > 1 and _TO_SOMEBODY.search(seen.before) and _is_bare(seen):
        yield Label.AGE, number.start, number.end, 0.5, "age_of_somebody", _AGE
    elif (
        number.value >= 14
        and number.words > 1
        and _TO_SOMEBODY_LOWER.search(seen.before)
        and _THEN_THEY.match(seen.after)
    ):
        yield Label.AGE, number.start, number.end, 0.45, "age_of_somebody", _AGE
    elif reached := _REACHED.match(seen.after):
        yield Label.AGE, number.start, number.end + reached.end(), 0.7, "age_reached", _AGE


def _case(seen: _Seen) -> str:
    ending = re.match(r"-?[тд][аеa](?!\w)", seen.after)
    return ending.group() if ending else ""


def _is_age_alone(seen: _Seen) -> bool:
    return _AGE_NEXT.match(seen.after) is not None


def _stations(seen: _Seen) -> Iterator[_Judged]:
    number = seen.number
    if number.value is None or not 1 <= number.value <= 99_999:
        return
    mark = _CASE_MARK.match(seen.after)
    end = number.end + (mark.end() if mark else 0)
    sign = _NUMBER_SIGN.search(seen.before)
    start = number.start - len(sign.group()) if sign else number.start
    if number.words == 1 and number.value <= 10 and not sign:
        return
    if after := _STATION_AFTER.match(seen.after):
        yield Label.PRECINCT, start, number.end + after.end(), 0.85, "precinct_words", _PRECINCT
    elif (before := seen.follows(_STATION_BEFORE)) and not _NOT_LAND.match(seen.after):
        yield Label.PRECINCT, number.start - len(before.group()), end, 0.85, "precinct_words", _PRECINCT
    elif number.value >= 20 and _ORDINAL_MARK.match(seen.after) and not _NOT_LAND.match(seen.text, end):
        line = seen.text[max(0, number.start - _AROUND) : number.start]
        if _STATION_NEAR.search(line, asked(line)) and not _MONTH_AFTER.match(seen.text, end):
            yield Label.PRECINCT, start, end, 0.5, "precinct_again", _PRECINCT


def _dates(seen: _Seen) -> Iterator[_Judged]:
    number = seen.number
    before = seen.follows(_MONTH_BEFORE)
    if number.is_ordinal and number.words <= 6 and (month := _MONTH_AFTER.match(seen.after)):
        yield Label.DATE, number.start, number.end + month.end(), 0.8, "date_words", _DATE
    elif before and (number.words > 1 or (number.value or 0) >= 1900):
        mark = _CASE_MARK.match(seen.after)
        end = number.end + (mark.end() if mark else 0)
        yield Label.DATE, number.start - len(before.group()), end, 0.7, "date_month_words", _DATE
    elif number.is_ordinal and (year := _YEAR_WORD.match(seen.after)) and seen.near(_BIRTH) and number.words > 1:
        yield Label.DATE, number.start, number.end + year.end(), 0.6, "born_words", _DATE


def _dictated(seen: _Seen) -> Iterator[_Judged]:
    number = seen.number
    if _AMOUNT.match(seen.after) or number.is_ordinal:
        return
    is_cued = seen.follows(_CONTACT_CUE) is not None
    start = number.start - (seen.before[-1:] == "+")
    if number.words >= DICTATED and number.value is None:
        yield Label.CONTACT, start, number.end, 0.75 if is_cued else 0.6, "spoken_digits", _DIGITS
    elif number.words >= 3 and is_cued:
        yield Label.CONTACT, start, number.end, 0.6, "spoken_number", _DIGITS


def _plate(text: str, last: Number, number: Number) -> tuple[int, int] | None:
    """Number words, letters without a vowel, number words: how a number plate is read aloud."""
    between = _PLATE.fullmatch(text[last.end : number.start])
    if between is None or _VOWEL.search(between.group(1)):
        return None
    return last.start, number.end
