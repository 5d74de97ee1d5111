"""The variables of a race file under their published names, with what their values mean in three languages.

Meanings follow the published description of the race record; the wording is ours. Two names mislead and their labels
say so: `competitiongov` is the winner's share of votes, not a margin, and `amanatfix` is 1 for everybody but Amanat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """How a value is written: a decimal number, a whole number, a code of a list, or text."""

    NUMBER = "number"
    WHOLE = "whole"
    CODE = "code"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in English, Russian and Kazakh."""

    en: str
    ru: str
    kk: str

    def in_language(self, language: str) -> str:
        """The words for ru or kk, else English."""
        return {"ru": self.ru, "kk": self.kk}.get(language, self.en)


@dataclass(frozen=True, slots=True)
class RaceVariable:
    """A variable: its name in files, how it is written, its label and the meaning of its codes."""

    name: str
    kind: Kind
    label: Words
    codes: Mapping[int, Words]


def _variable(
    name: str, kind: Kind, en: str, ru: str, kk: str, codes: Mapping[int, Words] | None = None
) -> RaceVariable:
    return RaceVariable(name, kind, Words(en, ru, kk), MappingProxyType(dict(codes or {})))


NO_YES = {0: Words("no", "нет", "жоқ"), 1: Words("yes", "да", "иә")}
PARTIES = {
    1: Words("Amanat", "Amanat", "Amanat"),
    2: Words("Aq Jol", "«Ак жол»", "«Ақ жол»"),
    3: Words("People's Party", "Народная партия", "Халық партиясы"),
    4: Words("National Social Democratic Party", "ОСДП", "ЖСДП"),
    5: Words("Respublica", "Respublica", "Respublica"),
    6: Words("Auyl", "«Ауыл»", "«Ауыл»"),
    7: Words("Baitaq", "«Байтақ»", "«Байтақ»"),
    8: Words("Other public association", "Другое общественное объединение", "Өзге қоғамдық бірлестік"),
    9: Words("Self-nominated", "Самовыдвижение", "Өзін-өзі ұсынған"),
}
SEXES = {0: Words("man", "мужчина", "ер"), 1: Words("woman", "женщина", "әйел")}
AGE_GROUPS = {
    0: Words("36 or older", "36 лет и старше", "36 жас және одан үлкен"),
    1: Words("35 or younger", "35 лет и младше", "35 жас және одан кіші"),
}
POSTS = {
    0: Words("unemployed", "без работы", "жұмыссыз"),
    1: Words("akim of the unit", "аким этой единицы", "осы бірліктің әкімі"),
    2: Words(
        "deputy akim or staff there",
        "заместитель или сотрудник аппарата",
        "әкімнің орынбасары немесе аппарат қызметкері",
    ),
    3: Words("higher administration or party", "вышестоящий акимат или партия", "жоғары тұрған әкімдік немесе партия"),
    4: Words("other", "другое", "басқа"),
}
NOT_AMANAT = {0: Words("Amanat", "Amanat", "Amanat"), 1: Words("not Amanat", "не Amanat", "Amanat емес")}
UNIT_TYPES: Mapping[str, Words] = MappingProxyType(
    {
        "VD": Words("village district", "сельский округ", "ауылдық округ"),
        "VILLAGE": Words("village", "село", "ауыл"),
        "SETTLEMENT": Words("settlement", "посёлок", "кент"),
        "TOWN": Words("town of district significance", "город районного значения", "аудандық маңызы бар қала"),
        "CITY": Words("city of oblast significance", "город областного значения", "облыстық маңызы бар қала"),
        "RAION": Words("district", "район", "аудан"),
    }
)
OBLASTS = frozenset(
    f"KZ-{number}" for number in (10, 11, 15, 19, 23, 27, 31, 33, 35, 39, 43, 47, 55, 59, 61, 62, 63, 71, 75, 79)
)

_TABLE = (
    _variable(
        "competitiongov",
        Kind.NUMBER,
        "Winner's share of votes as published, % (not a margin)",
        "Доля голосов победителя по публикации, % (не отрыв)",
        "Жеңімпаздың жарияланған дауыс үлесі, % (алшақтық емес)",
    ),
    _variable(
        "margin_pp",
        Kind.NUMBER,
        "Winner's lead over the runner-up, percentage points",
        "Отрыв победителя от второго места, п. п.",
        "Жеңімпаздың екінші орыннан алшақтығы, п. т.",
    ),
    _variable("party", Kind.CODE, "Winner's nomination", "Кем выдвинут победитель", "Жеңімпазды кім ұсынды", PARTIES),
    _variable("gender", Kind.CODE, "Winner's sex", "Пол победителя", "Жеңімпаздың жынысы", SEXES),
    _variable(
        "local",
        Kind.CODE,
        "Winner lives in the same unit or district",
        "Победитель живёт в той же единице или районе",
        "Жеңімпаз сол бірлікте не ауданда тұрады",
        NO_YES,
    ),
    _variable("winnerage", Kind.WHOLE, "Winner's age, years", "Возраст победителя, лет", "Жеңімпаздың жасы"),
    _variable(
        "agegroupbinaryyouth",
        Kind.CODE,
        "Winner is 35 or younger",
        "Победителю не больше 35 лет",
        "Жеңімпаз 35 жаста немесе одан кіші",
        AGE_GROUPS,
    ),
    _variable("incumbent", Kind.CODE, "Sitting akim won", "Победил действующий аким", "Қазіргі әкім жеңді", NO_YES),
    _variable(
        "instafill",
        Kind.CODE,
        "Winner's post before the race",
        "Должность победителя до выборов",
        "Жеңімпаздың сайлауға дейінгі қызметі",
        POSTS,
    ),
    _variable(
        "amanatfix",
        Kind.CODE,
        "Winner is not of Amanat (0 = Amanat, reversed)",
        "Победитель не от Amanat (0 = Amanat, наоборот)",
        "Жеңімпаз Amanat-тан емес (0 = Amanat, керісінше)",
        NOT_AMANAT,
    ),
    _variable(
        "partyoutsider",
        Kind.CODE,
        "Winner nominated himself or herself",
        "Победитель — самовыдвиженец",
        "Жеңімпаз өзін-өзі ұсынған",
        NO_YES,
    ),
    _variable(
        "outsider",
        Kind.CODE,
        "Winner came from outside the institutions",
        "Победитель вне институтов власти",
        "Жеңімпаз билік институттарынан тыс",
        NO_YES,
    ),
    _variable(
        "turnoutgov", Kind.NUMBER, "Turnout as published, %", "Явка по публикации, %", "Жарияланған қатысу үлесі, %"
    ),
    _variable(
        "turnoutour",
        Kind.NUMBER,
        "Turnout recomputed, %",
        "Явка, посчитанная заново, %",
        "Қайта есептелген қатысу үлесі, %",
    ),
    _variable(
        "proximity",
        Kind.NUMBER,
        "Distance to the oblast centre, km",
        "Расстояние до центра области, км",
        "Облыс орталығына дейінгі қашықтық, км",
    ),
    _variable(
        "proximity_km",
        Kind.NUMBER,
        "Distance to the oblast centre, km",
        "Расстояние до центра области, км",
        "Облыс орталығына дейінгі қашықтық, км",
    ),
    _variable(
        "eq_or_less_than_55",
        Kind.CODE,
        "Competitive: winner's share is 55% or less",
        "Конкурентно: доля победителя 55 % или меньше",
        "Бәсекелі: жеңімпаз үлесі 55 % немесе одан аз",
        NO_YES,
    ),
    _variable(
        "eq_or_less_than_60",
        Kind.CODE,
        "Competitive: winner's share is 60% or less",
        "Конкурентно: доля победителя 60 % или меньше",
        "Бәсекелі: жеңімпаз үлесі 60 % немесе одан аз",
        NO_YES,
    ),
    _variable("is_repeat", Kind.CODE, "Repeat election", "Повторные выборы", "Қайта сайлау", NO_YES),
    _variable("year", Kind.WHOLE, "Year of the vote", "Год голосования", "Дауыс берілген жыл"),
    _variable("registered", Kind.WHOLE, "Registered voters", "Избирателей в списках", "Тізімдегі сайлаушылар"),
    _variable("voted", Kind.WHOLE, "Ballots cast", "Проголосовало", "Дауыс бергендер"),
    _variable(
        "valid_votes",
        Kind.WHOLE,
        "Valid ballots, those against all included",
        "Действительных бюллетеней, включая «против всех»",
        "Жарамды бюллетеньдер, «бәріне қарсы» қоса",
    ),
    _variable("invalid", Kind.WHOLE, "Invalid ballots", "Недействительных бюллетеней", "Жарамсыз бюллетеньдер"),
    _variable("against_all", Kind.WHOLE, "Votes against all", "Голосов против всех", "Бәріне қарсы дауыстар"),
    _variable(
        "candidates_on_ballot",
        Kind.WHOLE,
        "Candidates on the ballot",
        "Кандидатов в бюллетене",
        "Бюллетеньдегі кандидаттар",
    ),
    _variable("winner_votes", Kind.WHOLE, "Winner's votes", "Голосов у победителя", "Жеңімпаздың дауысы"),
    _variable(
        "enc_candidates",
        Kind.NUMBER,
        "Effective number of candidates",
        "Эффективное число кандидатов",
        "Кандидаттардың тиімді саны",
    ),
    _variable("winner", Kind.TEXT, "Winner as printed", "Победитель, как напечатано", "Жеңімпаз, басылғандай"),
    _variable("precincts", Kind.TEXT, "Precincts", "Избирательные участки", "Сайлау учаскелері"),
    _variable("annulled_on", Kind.TEXT, "Date of annulment", "Дата отмены", "Күші жойылған күн"),
    _variable("decision_refs", Kind.TEXT, "Decisions on the result", "Решения о результате", "Нәтиже туралы шешімдер"),
    _variable("source", Kind.TEXT, "Source", "Источник", "Дереккөз"),
)
VARIABLES: Mapping[str, RaceVariable] = MappingProxyType({variable.name: variable for variable in _TABLE})
