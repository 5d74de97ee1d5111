"""Numbers as they are spoken and written in the three languages, found in one walk over a text.

Rules on numbers ask for a number and for what stands around it; a pattern of all number words in each of them would
cost most of the time that a text takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from qualcoder.anonymise.rules.pattern import listed

_TOKEN = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_BETWEEN = re.compile(r"[ \-]|, ")
_MAX_WORDS = 40
# So many number words in a row are dictated digits, not a count.
DICTATED = 5

_RU_CARDINALS = {
    0: "ноль ноля нуль", 1: "один одна одно одного одной одну одному одним", 2: "два две двух двум двумя",
    3: "три трёх трех трём трем тремя", 4: "четыре четырёх четырех четырём четырем", 5: "пять пяти пятью",
    6: "шесть шести шестью", 7: "семь семи семью", 8: "восемь восьми", 9: "девять девяти девятью",
    10: "десять десяти десятью", 11: "одиннадцать одиннадцати", 12: "двенадцать двенадцати",
    13: "тринадцать тринадцати", 14: "четырнадцать четырнадцати", 15: "пятнадцать пятнадцати",
    16: "шестнадцать шестнадцати", 17: "семнадцать семнадцати", 18: "восемнадцать восемнадцати",
    19: "девятнадцать девятнадцати", 20: "двадцать двадцати", 30: "тридцать тридцати", 40: "сорок сорока",
    50: "пятьдесят пятидесяти", 60: "шестьдесят шестидесяти", 70: "семьдесят семидесяти",
    80: "восемьдесят восьмидесяти", 90: "девяносто девяноста", 100: "сто ста", 200: "двести двухсот двумстам",
    300: "триста трёхсот трехсот", 400: "четыреста четырёхсот четырехсот", 500: "пятьсот пятисот",
    600: "шестьсот шестисот", 700: "семьсот семисот", 800: "восемьсот восьмисот", 900: "девятьсот девятисот",
    1000: "тысяча тысячи тысяч тысячу",
}  # fmt: skip
_RU_ORDINALS = {
    1: "перв", 2: "втор", 4: "четверт четвёрт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят", 10: "десят",
    11: "одиннадцат", 12: "двенадцат", 13: "тринадцат", 14: "четырнадцат", 15: "пятнадцат", 16: "шестнадцат",
    17: "семнадцат", 18: "восемнадцат", 19: "девятнадцат", 20: "двадцат", 30: "тридцат", 40: "сороков",
    50: "пятидесят", 60: "шестидесят", 70: "семидесят", 80: "восьмидесят", 90: "девяност", 100: "сот",
    200: "двухсот", 300: "трёхсот трехсот", 400: "четырёхсот четырехсот", 500: "пятисот", 600: "шестисот",
    700: "семисот", 800: "восьмисот", 900: "девятисот", 2000: "двухтысячн",
}  # fmt: skip
_RU_ORDINAL_ENDS = listed("ый ой ого ому ым ом ая ую ое ые ых")
_RU_THIRD = listed("третий третьего третьему третьим третьем третья третьей третью третье")
_KK = {
    0: "нөл", 1: "бір", 2: "екі", 3: "үш", 4: "төрт", 5: "бес", 6: "алты", 7: "жеті", 8: "сегіз", 9: "тоғыз", 10: "он",
    20: "жиырма", 30: "отыз", 40: "қырық", 50: "елу", 60: "алпыс", 70: "жетпіс", 80: "сексен", 90: "тоқсан",
    100: "жүз", 1000: "мың",
}  # fmt: skip
_KK_ORDINALS = {
    1: "бірінші", 2: "екінші", 3: "үшінші", 4: "төртінші", 5: "бесінші", 6: "алтыншы", 7: "жетінші", 8: "сегізінші",
    9: "тоғызыншы", 10: "оныншы", 20: "жиырмасыншы", 30: "отызыншы", 40: "қырқыншы", 50: "елуінші", 60: "алпысыншы",
    70: "жетпісінші", 80: "сексенінші", 90: "тоқсаныншы", 100: "жүзінші", 1000: "мыңыншы",
}  # fmt: skip
_KK_ENDS = listed(
    "да де та те дан ден тан тен нан нен ға ге қа ке ды ді ты ті ны ні ның нің дың дің тың тің мен пен бен ы і сы сі "
    "дай дей тай тей дағы дегі тағы тегі ында інде сында сінде ын ін сын сін еу еуі лап леп"
)
_KK_I_AM = tuple(a + b for a, b in product(("да", "де", "та", "те"), ("мын", "мін", "мыз", "міз", "сың", "сің")))
# Everyday words that are also a number with an ending: him, there, such, together, all the same, his face.
_KK_OTHER = frozenset(
    listed(
        "оны онда ондай онын оны онан онмен оның онға ондағы бірге бірі бірін біріне бірдей бірде "
        "бірлеп бірсін бірнен бірден жүзі жүзінде жүзін жүзіні жүзде жүздей тамыз алтын алтыда"
    )
)
_EN = {
    0: "zero oh", 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
    10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen",
    17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 30: "thirty", 40: "forty", 50: "fifty",
    60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety", 100: "hundred", 1000: "thousand",
}  # fmt: skip
_EN_ORDINALS = {
    1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth",
    10: "tenth", 11: "eleventh", 12: "twelfth", 13: "thirteenth", 14: "fourteenth", 15: "fifteenth", 16: "sixteenth",
    17: "seventeenth", 18: "eighteenth", 19: "nineteenth", 20: "twentieth", 30: "thirtieth", 40: "fortieth",
    50: "fiftieth", 60: "sixtieth", 70: "seventieth", 80: "eightieth", 90: "ninetieth", 100: "hundredth",
}  # fmt: skip
# Within a number, and no number themselves.
_JOINTS = {"double", "triple", "плюс", "plus", "қосу"}
_TEN = "он"


@dataclass(frozen=True, slots=True)
class _Word:
    value: int
    is_ordinal: bool = False
    i_am: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: `value` is None where the words name no single number, as when digits are dictated.

    `i_am` marks the Kazakh ending of one's own age (отыз екідемін). `words` counts words; digits are one word.
    """

    start: int
    end: int
    value: int | None
    words: int
    is_ordinal: bool = False
    i_am: bool = False


_Said = tuple[re.Match[str], _Word | None]


@cache
def _words() -> dict[str, _Word]:
    known: dict[str, _Word] = {}
    for value, stem in _KK.items():
        known |= {stem + end: _Word(value) for end in ("", *_KK_ENDS)}
        known |= {stem + end: _Word(value, i_am=True) for end in _KK_I_AM}
    for value, stem in _KK_ORDINALS.items():
        known |= {stem + end: _Word(value, is_ordinal=True) for end in ("", *_KK_ENDS)}
    known |= {word: _Word(40, i_am=True) for word in ("қырықтамын", "қырқымда")}
    for word in _KK_OTHER:
        known.pop(word, None)
    for table in (_RU_CARDINALS, _EN):
        known |= {form: _Word(value) for value, forms in table.items() for form in listed(forms)}
    known |= {form: _Word(value, is_ordinal=True) for value, form in _EN_ORDINALS.items()}
    for value, stems in _RU_ORDINALS.items():
        for stem, end in product(listed(stems), _RU_ORDINAL_ENDS):
            known[stem + end] = _Word(value, is_ordinal=True)
    known |= {form: _Word(3, is_ordinal=True) for form in _RU_THIRD}
    return known


def numbers(text: str) -> Iterator[Number]:
    """All numbers of a text in reading order: digits, or words of one number; dictated ones are one long number."""
    known = _words()
    folded = text.casefold()
    if _DIGIT.search(folded) is None and known.keys().isdisjoint(_TOKEN.findall(folded)):
        return
    run: list[_Said] = []
    for token in _TOKEN.finditer(text):
        said = token.group().casefold()
        word = known.get(said)
        is_part = word is not None or said in _JOINTS or (said == "and" and bool(run))
        if run and (not is_part or not _BETWEEN.fullmatch(text, run[-1][0].end(), token.start())):
            yield from _split(text, run)
            run = []
        if is_part and len(run) < _MAX_WORDS:
            run.append((token, word))
            if word is not None and (word.i_am or word.is_ordinal):
                yield from _split(text, run)
                run = []
        elif said[0].isdigit():
            yield _digits(token)
    yield from _split(text, run)


def _split(text: str, run: Sequence[_Said]) -> Iterator[Number]:
    """A comma parts two numbers; in a longer run it is the breath of somebody who dictates."""
    if len(run) >= DICTATED:
        yield from _read(run)
        return
    part: list[_Said] = []
    for said in run:
        if part and "," in text[part[-1][0].end() : said[0].start()]:
            yield from _read(part)
            part = []
        part.append(said)
    yield from _read(part)


def _digits(token: re.Match[str]) -> Number:
    digits = re.match(r"\d+", token.group())
    value = int(digits.group()) if digits and len(digits.group()) <= 15 else None
    return Number(token.start(), token.end(), value, 1)


def _read(run: Sequence[_Said]) -> Iterator[Number]:
    """The number that a run of number words names."""
    words = [(token, word) for token, word in run if word is not None or token.group().casefold() in _JOINTS]
    while words and words[-1][1] is None:
        words.pop()
    # "он" is also the Russian word for him.
    if words and words[0][0].group().casefold() == _TEN and not _is_kazakh(words[1:2]):
        words = words[1:]
    if not words:
        return
    last = words[-1][1]
    values = [word.value for _, word in words if word is not None]
    value = single(values) if len(values) == len(words) else None
    yield Number(
        words[0][0].start(),
        words[-1][0].end(),
        value,
        len(words),
        is_ordinal=last is not None and last.is_ordinal,
        i_am=last is not None and last.i_am,
    )


def _is_kazakh(following: Sequence[_Said]) -> bool:
    return any(token.group().casefold().startswith(tuple(_KK.values())) for token, _ in following)


def single(values: Sequence[int]) -> int | None:
    """The number that words of these values name together; None when they are several numbers in a row."""
    total = group = 0
    # What may still follow within the group: 1000 anything, 100 tens, 10 units, 1 nothing.
    room = 1000
    for value in values:
        if value == 1000:
            if total:
                return None
            total, group, room = (group or 1) * 1000, 0, 1000
        elif value == 100 and 0 < group < 10 and room == 1:
            group, room = group * 100, 100
        elif value >= room or (value == 0 and len(values) > 1):
            return None
        else:
            group += value
            room = 100 if value >= 100 else 10 if value >= 20 or value == 10 else 1
    return total + group
