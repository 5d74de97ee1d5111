"""Invented persons: first names and surnames that may stand for real ones, in three spellings.

Put together by hand from common names; nobody is meant. A list is of one sex and one naming tradition, so that a
reader still sees whom the text is about as far as the name told. Names that change irregularly in Russian are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from qualcoder.anonymise.russian_forms import Sex


class Tradition(StrEnum):
    """Where a name comes from."""

    KAZAKH = "kazakh"
    RUSSIAN = "russian"


@dataclass(frozen=True, slots=True)
class Spelled:
    """One invented name in Kazakh, Russian and Latin letters."""

    kk: str
    ru: str
    en: str

    def in_language(self, language: str) -> str:
        return {"kk": self.kk, "ru": self.ru}.get(language, self.en)


_KAZAKH_MEN = """
Ақжол Акжол Akzhol; Арнұр Арнур Arnur; Бағлан Баглан Baglan; Батырхан Батырхан Batyrkhan; Бекжан Бекжан Bekzhan
Біржан Биржан Birzhan; Дархан Дархан Darkhan; Дінмұхамед Динмухамед Dinmukhamed; Ділшат Дильшат Dilshat
Елжан Елжан Yelzhan; Елнұр Елнур Yelnur; Еркебұлан Еркебулан Yerkebulan; Ерсұлтан Ерсултан Yersultan
Жандос Жандос Zhandos; Жаслан Жаслан Zhaslan; Зейнолла Зейнолла Zeinolla; Қанат Канат Kanat; Қайсар Кайсар Kaisar
Марғұлан Маргулан Margulan; Мейіржан Мейиржан Meiirzhan; Нұрсұлтан Нурсултан Nursultan; Олжас Олжас Olzhas
Рамазан Рамазан Ramazan; Рүстем Рустем Rustem; Саян Саян Sayan; Сұңқар Сункар Sunkar; Темірлан Темирлан Temirlan
Тұрсын Турсын Tursyn; Шыңғыс Шынгыс Shyngys; Ілияс Ильяс Ilyas
"""
_KAZAKH_WOMEN = """
Айгерім Айгерим Aigerim; Айзада Айзада Aizada; Ақбота Акбота Akbota; Алтынай Алтынай Altynai; Әсем Асем Asem
Балжан Балжан Balzhan; Ботагөз Ботагоз Botagoz; Гүлім Гулим Gulim; Гүлсара Гульсара Gulsara; Дариға Дарига Dariga
Жазира Жазира Zhazira; Жанар Жанар Zhanar; Зере Зере Zere; Зәуре Зауре Zaure; Кәмшат Камшат Kamshat
Қаламқас Каламкас Kalamkas; Күлән Кулян Kulan; Ләззат Ляззат Lazzat; Маржан Маржан Marzhan; Назерке Назерке Nazerke
Нұргүл Нургуль Nurgul; Раушан Раушан Raushan; Сандуғаш Сандугаш Sandugash; Сымбат Сымбат Symbat
Торғын Торгын Torgyn; Ұлжан Улжан Ulzhan; Шолпан Шолпан Sholpan; Ырысты Рысты Yrysty
"""
_KAZAKH_SURNAMES = """
Ақшабаев Акшабаев Akshabayev; Алшынбеков Алшинбеков Alshynbekov; Арыстанов Арыстанов Arystanov
Байғабылов Байгабылов Baigabylov; Бекмағамбетов Бекмагамбетов Bekmagambetov; Бөкеев Букеев Bukeyev
Даулетбаков Даулетбаков Dauletbakov; Егізбаев Егизбаев Yegizbayev; Ержігітов Ержигитов Yerzhigitov
Жайлаубеков Жайлаубеков Zhailaubekov; Жолбарысов Жолбарысов Zholbarysov; Көлбаев Кольбаев Kolbayev
Күзембаев Кузембаев Kuzembayev; Қарабалин Карабалин Karabalin; Қосжанов Косжанов Koszhanov
Мақпалов Макпалов Makpalov; Мырзабеков Мырзабеков Myrzabekov; Орманбетов Орманбетов Ormanbetov
Өтемісов Утемисов Utemisov; Сәулебаев Саулебаев Saulebayev; Тайжанов Тайжанов Taizhanov
Тауасаров Тауасаров Tauasarov; Төлебаев Толебаев Tolebayev; Шаңырақов Шаныраков Shanyrakov
"""
_RUSSIAN_MEN = """
Антон; Артём; Борис; Вадим; Валерий; Виталий; Геннадий; Глеб; Денис; Егор; Захар; Кирилл; Леонид; Макар; Матвей
Никита; Олег; Платон; Прохор; Роман; Семён; Степан; Тимофей; Фёдор; Юрий
"""
_RUSSIAN_WOMEN = """
Алла; Анфиса; Вера; Вероника; Дарья; Евгения; Жанна; Зинаида; Зоя; Инна; Клавдия; Ксения; Лариса; Лидия; Маргарита
Надежда; Оксана; Раиса; Римма; Софья; Таисия; Тамара; Ульяна; Эмма; Яна
"""
_RUSSIAN_SURNAMES = """
Берёзкин; Вербин; Горностаев; Дубравин; Зимородков; Калинин; Кедров; Ключников; Колокольцев; Листопадов; Лугов
Малинин; Мельников; Озерков; Перепёлкин; Подснежников; Ромашкин; Рябинин; Снегирёв; Тропинин; Туманов; Ушаков
Чайкин; Шиповников
"""
_LATIN_OF_RUSSIAN = dict(
    zip(
        "абвгдежзийклмнопрстуфыёхцчшщьэюя",
        [*"abvgde", "zh", *"ziiklmnoprstufy", "yo", "kh", "ts", "ch", "sh", "shch", "", "e", "yu", "ya"],
        strict=True,
    )
)


def _kazakh(listed: str) -> tuple[Spelled, ...]:
    return tuple(Spelled(*entry.split()) for entry in listed.replace("\n", ";").split(";") if entry.strip())


def _russian(listed: str) -> tuple[Spelled, ...]:
    words = [entry.strip() for entry in listed.replace("\n", ";").split(";") if entry.strip()]
    return tuple(
        Spelled(word, word, "".join(_LATIN_OF_RUSSIAN[letter] for letter in word.casefold()).capitalize())
        for word in words
    )


def _of_women(surname: Spelled) -> Spelled:
    def with_a(form: str) -> str:
        return f"{form}а" if form.endswith(("в", "н")) else f"{form}a" if form.endswith(("v", "n")) else form

    return Spelled(with_a(surname.kk), with_a(surname.ru), with_a(surname.en))


@cache
def _lists(tradition: Tradition, sex: Sex) -> tuple[tuple[Spelled, ...], tuple[Spelled, ...]]:
    is_woman = sex is Sex.FEMALE
    if tradition is Tradition.KAZAKH:
        firsts, lasts = _kazakh(_KAZAKH_WOMEN if is_woman else _KAZAKH_MEN), _kazakh(_KAZAKH_SURNAMES)
    else:
        firsts, lasts = _russian(_RUSSIAN_WOMEN if is_woman else _RUSSIAN_MEN), _russian(_RUSSIAN_SURNAMES)
    return firsts, tuple(map(_of_women, lasts)) if is_woman else lasts


def _all_lists() -> Iterator[tuple[Sex, tuple[Spelled, ...]]]:
    for tradition in Tradition:
        for sex in (Sex.MALE, Sex.FEMALE):
            for names in _lists(tradition, sex):
                yield sex, names


@cache
def _by_spelling() -> dict[str, tuple[Sex, Spelled]]:
    found: dict[str, tuple[Sex, Spelled]] = {}
    for sex, names in _all_lists():
        for name in names:
            for form in (name.kk, name.ru, name.en):
                found.setdefault(form, (sex, name))
    return found


def spelled(word: str, language: str) -> str:
    """The word as this language writes it, if it is one of ours; else as it is."""
    known = _by_spelling().get(word)
    return known[1].in_language(language) if known else word


def sex_of(name: str) -> Sex:
    """The sex of an invented person; unknown for names that are not ours."""
    first = name.partition(" ")[0]
    known = _by_spelling().get(first)
    return known[0] if known else Sex.UNKNOWN


def is_surrogate(name: str) -> bool:
    """Whether every word is one of our invented names."""
    return bool(name) and all(word in _by_spelling() for word in name.split())


def choose(
    tradition: Tradition,
    sex: Sex,
    language: str,
    start: int,
    is_free: Callable[[Spelled], bool],
    used: Collection[str] = (),
) -> str | None:
    """A first name and a surname, beginning anywhere in the lists; None when all are taken.

    `is_free` says that a name is nobody's in life; `used` are the pseudonyms in use, in any spelling. Words that no
    pseudonym has come first, then new pairs of words.
    """
    firsts, lasts = _lists(tradition, sex)
    firsts, lasts = _from(firsts, start), _from(lasts, start // 1009)
    words = {spelled(word, "kk") for name in used for word in name.split()}
    names = {tuple(spelled(word, "kk") for word in name.split()) for name in used}
    first = next((name for name in firsts if name.kk not in words and is_free(name)), None)
    last = next((name for name in lasts if name.kk not in words and is_free(name)), None)
    if first is None or last is None:
        pairs = ((one, other) for other in lasts for one in firsts if (one.kk, other.kk) not in names)
        first, last = next(((one, other) for one, other in pairs if is_free(one) and is_free(other)), (None, None))
    if first is None or last is None:
        return None
    return f"{first.in_language(language)} {last.in_language(language)}"


def _from(names: tuple[Spelled, ...], start: int) -> tuple[Spelled, ...]:
    at = start % len(names)
    return names[at:] + names[:at]
