"""Texts that nobody said, for measuring: as long as wanted and the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

_WORDS = {
    "ru": """
        выборы аким село вода дорога школа люди говорили потом сначала утром вечером собрание голос бюллетень участок
        комиссия наблюдатель кандидат победил проиграл поддержка район область обещал сделали построили видели знаем
        помню никто каждый почему наверное трудно легко честно результат протокол решение молодёжь старшие земля скот
        пастбище работа деньги семья соседи пришли ушли спросили ответили молчали Ойдантап Выдуманов Примерное
    """,
    "kk": """
        сайлау әкім ауыл су жол мектеп адамдар айтты кейін алдымен таңертең кешке жиналыс дауыс бюллетень учаске
        комиссия байқаушы үміткер жеңді жеңілді қолдау аудан облыс уәде жасады салды көрді білеміз есімде ешкім әркім
        неге бәлкім қиын оңай адал нәтиже хаттама шешім жастар үлкендер жер мал жайылым жұмыс ақша отбасы көршілер
        келді кетті сұрады жауап үндемеді Ойдантап Ойлап Мысалауыл
    """,
    "en": """
        election akim village water road school people said later first morning evening meeting vote ballot precinct
        commission observer candidate won lost support district region promised built saw know remember nobody everybody
        why maybe hard easy honest result protocol decision young old land cattle pasture work money family neighbours
        came left asked answered silent Oydantap Oylap
    """,
}
WORDS = {language: tuple(words.split()) for language, words in _WORDS.items()}
# How often each language is the interview's.
LANGUAGES = ("ru", "ru", "ru", "kk", "kk", "en")
LABELS = {"ru": ("Интервьюер", "Респондент"), "kk": ("Сұхбаткер", "Респондент"), "en": ("Interviewer", "Respondent")}


@dataclass(frozen=True, slots=True)
class InventedTurn:
    """A turn that nobody spoke."""

    is_interviewer: bool
    body: str


def chance(seed: int, *more: int) -> Random:
    """A source of chance that gives the same for the same numbers."""
    return Random(":".join(map(str, (seed, *more))))  # noqa: S311  # invented text, no secret


def language_of(random: Random) -> str:
    return random.choice(LANGUAGES)


def turns(random: Random, language: str, words: int) -> Iterator[InventedTurn]:
    """Questions and answers of about `words` words together."""
    left = words
    is_interviewer = True
    while left > 0:
        count = min(left, random.randint(5, 14) if is_interviewer else random.randint(30, 90))
        yield InventedTurn(is_interviewer, _sentences(random, language, count, "?" if is_interviewer else "."))
        left -= count
        is_interviewer = not is_interviewer


def _sentences(random: Random, language: str, count: int, sign: str) -> str:
    chosen = random.choices(WORDS[language], k=count)
    said = []
    at = 0
    while at < count:
        length = random.randint(4, 14)
        sentence = " ".join(chosen[at : at + length])
        said.append(sentence[0].upper() + sentence[1:] + sign)
        at += length
    return " ".join(said)
