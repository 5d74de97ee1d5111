"""Names made up for training: of name parts, with endings of the three languages, in three spellings."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from qualcoder.anonymise.lexicon.given_names import DIMINUTIVES_MEN, DIMINUTIVES_WOMEN, MEN, SHORT, WOMEN
from qualcoder.anonymise.lexicon.grammar import morphology
from qualcoder.anonymise.rules.pattern import listed

_BEGIN = listed(
    "нұр ер ай жан бек қан тұр сер ал дос мұр құл тіл бай ас дәу сұл жақ есен ора тас аман бақ құт қай ақ дән мей ша "
    "қуан өмір сағын жұма бейбіт асқар төле сары мыр әбді мақ рах"
)
_MEN_END = listed(
    "бек бай жан лан бол ғали мұрат хан тай кен дәулет сұлтан берген болат қали нар жігіт ғазы тас тілек әлі мырза"
)
_WOMEN_END = listed("гүл нұр сұлу жамал на гүлім кенже ай жан бала сара мира шат наз бибі")
_RUSSIAN_MEN = listed(
    "иван петр сергей андрей алексей николай владимир дмитрий виктор юрий михаил олег павел игорь василий анатолий "
    "геннадий валерий виталий максим роман денис антон степан фёдор григорий борис леонид вадим евгений"
)
_RUSSIAN_WOMEN = listed(
    "анна мария ольга елена наталья татьяна светлана ирина людмила галина надежда вера любовь валентина тамара юлия "
    "оксана лариса марина екатерина алла зоя лидия раиса нина евгения анастасия дарья"
)
_RUSSIAN_ROOTS = listed(
    "иван петр сидор кузнец мороз волк ковал бондар гонча шевч лебед соловь вороб медвед зайц козл барано орл голуб "
    "калин рябин берёз дубр вишн степан фёдор григор борис"
)
_ENGLISH_FIRST = listed(
    "john mary robert susan michael linda david karen james patricia william nancy thomas sarah daniel laura paul emma "
    "mark alice peter julia george helen kevin rachel brian kate steven amy edward grace henry olivia frank jane tom "
    "sam ben lucy adam sophie simon claire martin diana alan ruth eric rose nick anna jack ellen"
)
_ENGLISH_LAST = listed(
    "smith brown taylor wilson walker harris clark lewis young king wright hill green baker adams nelson carter "
    "mitchell roberts turner phillips parker evans collins stewart morris rogers reed cook bell murphy bailey cooper "
    "howard ward peterson gray watson brooks kelly sanders price bennett wood barnes ross henderson jenkins perry"
)
_PLACE_BEGIN = listed(
    "ақ қара көк сары жаңа ұзын қызыл тас құм бес үш қос ала май бай той шоқ ор аса алты жеті төрт тоғыз қырық кең тар "
    "боз қоңыр сор шұбар күміс алтын темір жас ескі орта бас аяқ"
)
_PLACE_END = listed(
    "су бұлақ төбе тау көл сай жар құдық арал шоқы өзен тоғай қорған ағаш ауыл адыр дала тал кент терек қайың өткел "
    "кеме мойын бел қамыс бейіт мола кепе қора шат дөң жота қияқ жусан арша қарағай тікен шеңгел бура құлан киік бүркіт"
)
_RUSSIAN_PLACE_END = ("ка", "овка", "ово", "ино", "ское", "ное", "овское", "инка", "ёвка")
_NICKNAMES = {
    "kk": listed(
        "тентек шал батыр балуан түлкі қоян мұрт шолақ торғай тарғыл күшік домалақ тақыр тапал сақау қылыш қырық_мәшін "
        "сотқар жылпос ноян мықты дәу бүркіт"
    ),
    "ru": listed(
        "рыжий комар борода профессор лысый генерал молчун ёжик пуля философ кубик пират шериф бригадир косой седой "
        "моряк шахматист артист"
    ),
}
_KIN = {
    "kk": listed(
        "аға ағай апа апай тәте көке ата әже ақсақал мырза ханым әпке жеңге қария ағам апам көкем атам әжем апай ағай"
    ),
    "ru": listed("ага агай апа апай тате аксакал ата аже коке апай агай"),
    "en": listed("aga agai apa apai ata aje aksakal agha tate apai"),
}
_KIN_BEFORE = {
    ("kk", False): listed("ағам әкем інім ұлым күйеуім балам немерем бауырым досым көршім нағашым құдам жолдасым атам"),
    ("kk", True): listed("апам шешем қарындасым сіңлім қызым әйелім жеңгем әпкем көршім келінім құдағи әжем немерем"),
    ("ru", False): listed("дядя дед брат сват сосед кум внук зять друг"),
    ("ru", True): listed("тётя баба сестра соседка кума внучка сноха подруга бабушка"),
}
_PET_END = ("көш", "ош", "аш", "еш", "тай", "ік", "кен", "ше", "ка", "ик", "ок", "жан")
_CONSONANTS = "бдғгжзкқлмнпрстшх"
_SOUNDS = "аәеоөұүыіау"
_CLOSING = ("н", "р", "л", "т", "п", "с", "ш", "й", "м", "к", "нт", "рт", "", "", "")
_FRONT = frozenset("әеіөүиэ")
_VOWELS = frozenset("аәеёиоөуұүыіэюя")
_TO_RUSSIAN = str.maketrans("әіңғүұқөһ", "аингуукох")
_LATIN = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "kh", "һ": "h", "ц": "ts", "ч": "ch",
    "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "і": "i", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
_KAZAKH_LATIN = {**_LATIN, "қ": "q", "ғ": "gh", "ж": "j", "х": "h", "ң": "ng", "й": "y"}


def to_russian(word: str) -> str:
    return word.translate(_TO_RUSSIAN)


def to_latin(word: str, random: Random) -> str:
    """A name as people write it in Latin letters: by the Kazakh alphabet of 2021 or, more often, the passport's way."""
    table = _KAZAKH_LATIN if random.random() < 0.3 else _LATIN
    return "".join(table.get(letter, letter) for letter in word)


def first_name(random: Random, *, woman: bool) -> str:
    """A given name in Kazakh spelling, in lower case: listed, put together of name parts, or like no name at all."""
    kind = random.random()
    if kind < 0.2:
        return strange(random)
    if kind < 0.55:
        return random.choice(WOMEN if woman else MEN)
    return random.choice(_BEGIN) + random.choice(_WOMEN_END if woman else _MEN_END)


def strange(random: Random) -> str:
    """A word of two or three syllables: only its neighbours say that it is a name."""
    open_ = [random.choice(_CONSONANTS) + random.choice(_SOUNDS) for _ in range(random.choice((1, 2, 2)))]
    return "".join(open_) + random.choice(_CONSONANTS) + random.choice(_SOUNDS) + random.choice(_CLOSING)


def short_name(random: Random) -> str:
    """A polite or tender short form: listed, or a beginning of a name with an ending of such forms."""
    if random.random() < 0.5:
        return random.choice(SHORT)
    begin = first_name(random, woman=random.random() < 0.5)[:3].rstrip(_SOUNDS + "ийу")
    if random.random() < 0.5:
        return begin + random.choice(("еке", "еке", "екең", "әке", "ақа"))
    return begin + random.choice(_PET_END)


def diminutive(random: Random, *, woman: bool) -> str:
    return random.choice(DIMINUTIVES_WOMEN if woman else DIMINUTIVES_MEN)


def nickname(random: Random, language: str) -> str:
    return random.choice(_NICKNAMES[language])


def kin(random: Random, language: str) -> str:
    """What stands after a name: Айгүл апай."""
    return random.choice(_KIN[language])


def kin_before(random: Random, language: str, *, woman: bool) -> str:
    """What stands before a name: тётя Валя."""
    return random.choice(_KIN_BEFORE[language, woman])


def patronymic(random: Random, *, woman: bool) -> str:
    return first_name(random, woman=False) + ("қызы" if woman else "ұлы")


def surname(random: Random, *, woman: bool) -> str:
    """A surname with a Russian ending (Серікбаев), or a father's name as it is."""
    root = first_name(random, woman=False)
    kind = random.random()
    if kind < 0.12:
        return root
    if kind < 0.2:
        return root + ("қызы" if woman else "ұлы")
    if root[-1] == "й":
        root = root[:-1] + "е"
        return root + ("ва" if woman else "в")
    if root[-1] in _VOWELS:
        return root + ("ева" if woman else "ев")
    return root + ("ова" if woman else "ов")


def russian_first(random: Random, *, woman: bool) -> str:
    return random.choice(_RUSSIAN_WOMEN if woman else _RUSSIAN_MEN)


def russian_surname(random: Random, *, woman: bool) -> str:
    """An invented surname with an ending that Russian ones have."""
    root = random.choice(_RUSSIAN_ROOTS)
    end = random.choice(("ов", "ин", "енко", "ев", "ский"))
    if not woman or end == "енко":
        return root + end
    return root + ("ская" if end == "ский" else end + "а")


def russian_patronymic(random: Random, *, woman: bool) -> str:
    """A patronymic from a first name of either language."""
    if random.random() < 0.6:
        root = to_russian(first_name(random, woman=False))
    else:
        root = random.choice(_RUSSIAN_MEN).removesuffix("ий").removesuffix("ей")
    if root[-1] in _VOWELS or root[-1] in "йь":
        root = root[:-1]
        return root + ("евна" if woman else "евич")
    return root + ("овна" if woman else "ович")


def english_first(random: Random) -> str:
    return random.choice(_ENGLISH_FIRST)


def english_last(random: Random) -> str:
    return random.choice(_ENGLISH_LAST)


def village(random: Random, listed_places: Sequence[str]) -> str:
    """A village in Kazakh or Russian spelling: most are listed, some are put together, some like no place at all."""
    kind = random.random()
    if kind < 0.55:
        return random.choice(listed_places)
    if kind < 0.65:
        return strange(random)
    if kind < 0.72:
        return random.choice(_PLACE_BEGIN) + strange(random)
    if kind < 0.77:
        return first_name(random, woman=False)
    return random.choice(_PLACE_BEGIN) + random.choice(_PLACE_END)


def russian_village(random: Random) -> str:
    """A village with a Russian name, known or not."""
    return random.choice(_RUSSIAN_ROOTS) + random.choice(_RUSSIAN_PLACE_END)


_CASES = {
    "g": ("ның", "нің", "дың", "дің", "тың", "тің"),
    "d": ("ға", "ге", "ға", "ге", "қа", "ке"),
    "a": ("ны", "ні", "ды", "ді", "ты", "ті"),
    "l": ("да", "де", "да", "де", "та", "те"),
    "b": ("дан", "ден", "дан", "ден", "тан", "тен"),
    "i": ("мен", "мен", "мен", "мен", "пен", "пен"),
    "p": ("лар", "лер", "дар", "дер", "тар", "тер"),
    "q": ("лардың", "лердің", "дардың", "дердің", "тардың", "тердің"),
    "x": ("дағы", "дегі", "дағы", "дегі", "тағы", "тегі"),
}


def kazakh(word: str, case: str) -> str:
    """A name with a Kazakh ending: g of, d to, a object, l in, b from, i with, p plural, q of them, x that is in."""
    if case not in _CASES:
        return word
    last = word[-1]
    front = next((letter in _FRONT for letter in reversed(word) if letter in _VOWELS), False)
    group = 0 if last in _VOWELS else (2 if last in "лрйумнңзж" else 4)
    if case == "g" and last in "мнң":
        group = 0
    return word + _CASES[case][group + front]


_GRAMMEMES = {"g": "gent", "d": "datv", "a": "accs", "i": "ablt", "l": "loct"}


def russian(word: str, case: str) -> str:
    """A name in a Russian case: g, d, a, i, l (gent … loct); unknown to the grammar it stays as it is."""
    if case not in _GRAMMEMES:
        return word
    readings = morphology().parse(word)
    named = [r for r in readings if {"Name", "Surn", "Patr", "Geox"} & set(r.tag.grammemes) and "sing" in r.tag]
    inflected = (named or readings)[0].inflect({_GRAMMEMES[case]})
    return str(inflected.word) if inflected is not None else word
