"""Dates, dates of birth and ages. Holidays are dates too: the reviewer keeps them."""

from __future__ import annotations

import re

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.rules.pattern import Judge, Rule, Verdict, unless, whole
from qualcoder.core.messages import N_

_MONTH = (
    r"(?i:январ[а-я]{1,2}|феврал[а-я]{1,2}|март[а-я]{0,2}|апрел[а-я]{1,2}|ма[йяе]|июн[а-я]{1,2}|июл[а-я]{1,2}"
    r"|август[а-я]{0,2}"
    r"|сентябр[а-я]{1,2}|октябр[а-я]{1,2}|ноябр[а-я]{1,2}|декабр[а-я]{1,2}"
    r"|(?:қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан)[а-яәіңғүұқөһ]{0,5}"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)(?!\w)"
)
_YEAR = r"(?:19|20)\d{2}"
_OF_YEAR = r"(?i:[ \-]{0,2}(?:года?у?|г\.?(?!\w)|жыл[а-яәіңғүұқөһ]{0,6}))?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_NUMERIC = rf"{_DAY}(?P<sep>[./\-])(?:0?[1-9]|1[0-2])(?P=sep)(?:(?:19|20)\d{{2}}|\d{{2}})"
_DAY_MONTH = rf"{_DAY}(?:[ \-]{{0,2}}(?i:ш[іы]|го|е|th|st|nd|rd))? ?{_MONTH}(?:,? {_YEAR}{_OF_YEAR})?"
_BORN = (
    r"(?i:(?<!\w)(?:род(?:ился|илась|ились|ом|\.)|рождени[яе]|уроженец|туға[нм]\w{0,6}|туылға[нм]\w{0,6}|дүниеге "
    r"кел\w{0,6}|born|birth\w{0,4}))"
)
_BORN_AFTER = r"(?i:рождения|г\.? ?р\.|р\.|туған\w{0,6}|туылған\w{0,6}|дүниеге|туыл\w{0,6})"
_KK_DAY_LAST = (
    rf"(?:{_YEAR} ?(?i:жыл\w{{0,6}}) )?{_MONTH} {_DAY}[ \-]{{0,2}}(?i:сы|сі|ы|і|ш[іы])(?i:нда|нде|на|не"
    rf"|нан|нен|н)?(?!\w)"
)

_NOT_AN_AGE_BEFORE = (
    r"(?:(?<!\w)(?:за|через|спустя|более|больше|свыше|последни[ехй]\w{0,2}|кажды[ей]|течение|протяжении|прошло"
    r"|почти|уже|около|срок\w{0,3}|стаж\w{0,2}|опыт\w{0,2}"
    r"|работа\w{1,5}|жив\w{1,4}|жил\w{0,2}|прожи\w{1,4}|прора\w{1,9}|служ\w{1,5}|правил\w{0,2}|руковод\w{1,4}"
    r"|были?|была|соңғы|бойы|for|past|last|after|over|every)"
    r"(?: (?:эти|уже|более|почти|около|the|more than|здесь|тут|там|акимом))? ?)"
)
_NOT_AN_AGE_AFTER = (
    r" ?(?:независимост|назад|спустя|подряд|работ|прораб|стаж|прожи|жив|вместе|опыт|тюрьм|лишени"
    r"|отсид|служ|акимом|в акимате|прошло|тәуелсізд|бұрын|ago|of indep|of exp|later|in office)"
)
_TENS = (
    r"(?i:двадцать|тридцать|сорок|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто|восемнадцать|девятнадцать"
    r"|семнадцать|шестнадцать|пятнадцать)"
    r"(?:[ \-](?i:один|одного|два|двух|три|четыре|пять|шесть|семь|восемь|девять))?"
)
_KK_TENS = (
    r"(?i:он|жиырма|отыз|қырық|елу|алпыс|жетпіс|сексен|тоқсан)(?:[ \-](?i:бір|екі|үш|төрт|бес|алты|жеті|сегіз|тоғыз))?"
)
_EN_TENS = (
    r"(?i:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ \-](?i:one|two|three|four|five|six"
    r"|seven|eight|nine))?"
)
_KK_AGE = r"(?i:жас(?:та\w{0,6}|қа|ар|ым\w{0,4}|ында\w{0,3}|ы|тағы)?)(?<!жастар)(?!\w)"


def _judge_age(*, floor: int = 1) -> Judge:
    context = unless(before=_NOT_AN_AGE_BEFORE, after=_NOT_AN_AGE_AFTER)

    def judge(match: re.Match[str], score: float) -> Verdict | None:
        number = re.search(r"\d{1,3}", match.group())
        if number and not floor <= int(number.group()) <= 110:
            return None
        return context(match, score)

    return judge


def _certain_age(match: re.Match[str], score: float) -> Verdict | None:
    number = re.search(r"\d{1,3}", match.group())
    return None if number and not 1 <= int(number.group()) <= 110 else whole(match, score)


def _date(source: str, score: float, pattern: str, *, judge: Judge | None = None) -> Rule:
    return Rule(f"structured.{source}", Label.DATE, Tier.B, score, N_("A date"), re.compile(pattern), judge)


def _birth(source: str, pattern: str, tier: Tier = Tier.A) -> Rule:
    reason = N_("A date beside a word for birth")
    return Rule(f"structured.{source}", Label.DATE, tier, 0.95, reason, re.compile(pattern))


def _age(source: str, score: float, pattern: str, judge: Judge) -> Rule:
    return Rule(f"structured.{source}", Label.AGE, Tier.B, score, N_("An age"), re.compile(pattern), judge)


RULES: tuple[Rule, ...] = (
    _date("date_numeric", 0.95, rf"(?<![\d./\-])(?P<date>{_NUMERIC})(?![\d/\-]|\.\d){_OF_YEAR}"),
    _date("date_iso", 0.95, rf"(?<![\d\-]){_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d\-])"),
    _date("date_day_month", 0.9, rf"(?<![\d.,:]){_DAY_MONTH}"),
    _date("date_month_day", 0.9, rf"(?<!\w){_MONTH} {_DAY}(?i:st|nd|rd|th)?,? {_YEAR}(?!\d)"),
    _date(
        "date_kk",
        0.9,
        rf"(?<!\w){_YEAR} ?(?i:жыл\w{{0,6}}|года?|г\.),? {_DAY}[ \-]{{0,2}}(?i:ш[іы]|го)? ?{_MONTH}",
    ),
    _date("date_kk_day_last", 0.85, rf"(?<!\w){_KK_DAY_LAST}"),
    _date("date_month_year", 0.5, rf"(?<!\w){_MONTH},? {_YEAR}(?!\d){_OF_YEAR}"),
    _birth("born_full", rf"{_BORN}[^.\n\d]{{0,40}}({_DAY_MONTH}|(?:{_NUMERIC}))(?!\d)"),
    _birth("born_full_before", rf"(?<!\d)({_DAY_MONTH}|{_NUMERIC})[ ,]{{0,2}}{_BORN_AFTER}"),
    _birth("born_year", rf"{_BORN}[^.\n\d]{{0,40}}({_YEAR})(?!\d)", Tier.B),
    _birth(
        "born_year_before",
        rf"(?<!\d)({_YEAR})[ \-]{{0,2}}(?i:ш[іы] )?(?i:года?|г\.?|жыл[а-яі]{{0,4}})?[ ,]{{0,2}}{_BORN_AFTER}",
        Tier.B,
    ),
    _birth("born_year_apart", rf"(?<!\d)({_YEAR} ?(?i:жыл\w{{0,4}})) [^.\n\d]{{0,40}}(?i:туға[нм]|туып|туыл)", Tier.B),
    _birth(
        "born_short_year",
        rf"(?<!\d)((?<!\d)\d{{2}}[ \-]{{0,2}}(?i:го|ш[іы])? ?(?i:года?|жыл\w{{0,4}})) {_BORN_AFTER}",
        Tier.B,
    ),
    _age(
        "age_ru",
        0.6,
        r"(?<![\d.,:\-/])\d{2,3}[ \-]{1,2}(?i:лет|год(?:а|ик\w{0,3})?)(?!\w)",
        _judge_age(floor=14),
    ),
    _age(
        "age_ru_cue",
        0.9,
        r"(?<!\w)(?i:мне|ему|ей|нам|им|исполнилось|возраст\w{0,2}|лет от роду|стукнуло)(?i: (?:уже|сейчас|всего"
        r"|только|было|будет|тогда|в|исполнилось|около)){0,3}[ :\-]{1,3}"
        rf"((?:\d{{1,3}}|{_TENS})(?: (?i:лет|года?|с половиной))?)(?![\w%:]| ?(?i:тенге|теңге|процент|тыс|голос|км"
        rf"|раз|мин|час|мест|дн))",
        _certain_age,
    ),
    _age("age_ru_adjective", 0.9, r"(?<![\d.,])(\d{1,3}[ \-]{0,3}(?i:летн\w{2,3}))(?!\w)", _judge_age()),
    _age("age_kk", 0.8, rf"(?<![\d.,:\-/])\d{{1,3}}[ \-]{{0,2}}{_KK_AGE}", _judge_age(floor=5)),
    _age(
        "age_kk_cue",
        0.85,
        rf"(?<!\w)(?i:жас(?:ым|ы|ыңыз|ымыз)) (?i:қазір |биыл )?(\d{{1,3}}(?:[ \-]?(?i:[тд][ае]"
        rf"|[қғкг][ае]))?|{_KK_TENS}(?i:[тд][ае])?)(?!\w| ?(?i:теңге|дауыс|пайыз|мың|адам))",
        _certain_age,
    ),
    _age(
        "age_en",
        0.85,
        rf"(?<![\d.,\w])((?:\d{{1,3}}|{_EN_TENS})[ \-]years?[ \-](?i:old|of age))(?!\w)",
        _certain_age,
    ),
    _age(
        "age_en_cue",
        0.8,
        rf"(?<!\w)(?i:aged|age|i am|i'm|he is|she is|he's|she's|turned)(?i: of| now| about| only)? ((?:\d{{2,3}}"
        rf"|{_EN_TENS}))(?![\w%.:]\w|\w|%| (?i:percent|votes?|km|kilomet|minutes?|tenge|people|hours?|days?|months?"
        rf"|years? (?:ago|of|in)))",
        _certain_age,
    ),
)
