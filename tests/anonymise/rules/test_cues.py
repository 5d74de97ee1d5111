"""Names, places, organisations, posts and clans by the words around them."""

from __future__ import annotations

import pytest

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.pipeline import find


def covered(text: str, language: str, label: Label) -> list[str]:
    return [f.span.of(text) for f in find(text, language) if f.label is label]


@pytest.mark.parametrize(
    ("text", "language", "surface"),
    [
        ("Серик Болатович сказал", "ru", "Серик Болатович"),
        ("спросил у болатовича тогда", "ru", "болатовича"),
        ("Потом Айгуль Сериковне дали", "ru", "Айгуль Сериковне"),
        ("Выдуманов Серик Болатович пришёл", "ru", "Выдуманов Серик Болатович"),
        ("Меня зовут Айгуль", "ru", "Айгуль"),
        ("меня зовут айгуль, я отсюда", "ru", "айгуль"),
        ("моя фамилия Ойдантап", "ru", "Ойдантап"),
        ("Тогда аким Ойдантап приехал", "ru", "Ойдантап"),
        ("у акима Выдуманова спросили", "ru", "Выдуманова"),
        ("кандидат С. Выдуманов выиграл", "ru", "С. Выдуманов"),
        ("пришёл Выдуманов С.Б. туда", "ru", "Выдуманов С.Б."),
        ("Ерлан агай говорил", "ru", "Ерлан"),
        ("моя тётя Айгуль голосовала", "ru", "Айгуль"),
        ("он видел, как Выдуманова считала", "ru", "Выдуманова"),
        ("там был Серик Выдуманов тоже", "ru", "Серик Выдуманов"),
        ("аким выдуманов приехал к нам", "ru", "выдуманов"),
        ("аким серик выдуманов приехал", "ru", "серик выдуманов"),
        ("Выдуманов победил тогда", "ru", "Выдуманов"),
        ("Апам Сәуле берген жоқ", "kk", "Сәуле"),
        ("the akim Mr. Oydantap won", "en", "Oydantap"),
        ("Әкім Серік Ойдантап келді", "kk", "Серік Ойдантап"),
        ("Ерлан ағай айтты", "kk", "Ерлан"),
        ("Бақыт апайға бардым", "kk", "Бақыт"),
        ("ерлан ағай айтты маған", "kk", "ерлан"),
        ("Нұрлан Серікұлының айтуынша", "kk", "Нұрлан Серікұлының"),
        ("Айгүл Ойдантап қызы келді", "kk", "Айгүл Ойдантап қызы"),
        ("серікұлынан сұрадым", "kk", "серікұлынан"),
        ("Менің атым Айгүл", "kk", "Айгүл"),
        ("менің атым айгүл болады", "kk", "айгүл"),
        ("есімім Ойдантап", "kk", "Ойдантап"),
        ("Мен Айгүл Ойдантаппын", "kk", "Айгүл Ойдантаппын"),
        ("үміткер Ерлан дауыс жинады", "kk", "Ерлан"),
        ("Серік деген кісі келді", "kk", "Серік"),
        ("ағам Ерлан қатысты", "kk", "Ерлан"),
        ("ауылда Выдумановтың үйі бар", "kk", "Выдумановтың"),
        ("My name is Oydantap", "en", "Oydantap"),
        ("my name is oydantap and", "en", "oydantap"),
        ("Mr. Oydantap came", "en", "Oydantap"),
        ("akim Serik Oydantap came", "en", "Serik Oydantap"),
        ("then Aigul apai said", "en", "Aigul"),
        ("Nurlan Serikuly left", "en", "Nurlan Serikuly"),
        ("we saw Serik Vydumanov there", "en", "Serik Vydumanov"),
        ("Тогда Cepік Ойдантап деген азамат келді", "mixed", "Cepік Ойдантап"),
    ],
)
def test_persons_are_found_by_their_cues(text: str, language: str, surface: str) -> None:
    assert covered(text, language, Label.PERSON) == [surface]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Аким сельского округа приехал", "ru"),
        ("Аким Примерного сельского округа приехал", "ru"),
        ("Наш аким хороший. Он всем помогает", "ru"),
        ("На этом уровне, в деревне, основной вопрос", "ru"),
        ("Основной вопрос был другой", "ru"),
        ("меня зовут на выборы", "ru"),
        ("как вас зовут", "ru"),
        ("Депутат Парламента выступил", "ru"),
        ("в Республике Казахстан много Законов", "ru"),
        ("кандидат от партии Аманат", "ru"),
        ("У акимата денег нет. А. Потом да", "ru"),
        ("апат болды, ағаш кесті", "kk"),
        ("Үлкен ағаш құлады", "kk"),
        ("Біздің ағайын көп", "kk"),
        ("Ол ағайға айтты", "kk"),
        ("уақыт аз, ол кетеді", "kk"),
        ("Ауыл ақсақалдары жиналды", "kk"),
        ("әкім Астанаға кетті", "kk"),
        ("менің атым жоқ тізімде", "kk"),
        ("Мен Астанада болдым", "kk"),
        ("I am from the village", "en"),
        ("the akim came and the Candidate left", "en"),
        ("I'm Not Sure", "en"),
    ],
)
def test_ordinary_words_are_not_persons(text: str, language: str) -> None:
    assert covered(text, language, Label.PERSON) == []


@pytest.mark.parametrize(
    ("text", "language", "label", "surface"),
    [
        ("живу в селе Примерное давно", "ru", Label.PLACE_FINE, "селе Примерное"),
        ("в селе Примерное Мысалского района", "ru", Label.PLACE_FINE, "селе Примерное"),
        ("из аула Мысал", "ru", Label.PLACE_FINE, "аула Мысал"),
        ("Примерного сельского округа", "ru", Label.PLACE_FINE, "Примерного сельского округа"),
        ("аким выдуманского сельского округа", "ru", Label.PLACE_FINE, "выдуманского сельского округа"),
        ("Примерного района", "ru", Label.PLACE_COARSE, "Примерного района"),
        ("в районе имени Ойдантапа", "ru", Label.PLACE_COARSE, "районе имени Ойдантапа"),
        ("в Акмолинской области", "ru", Label.PLACE_COARSE, "Акмолинской области"),
        ("в северо-казахстанской области", "ru", Label.PLACE_COARSE, "северо-казахстанской области"),
        ("область Абай", "ru", Label.PLACE_COARSE, "область Абай"),
        ("ездил в Астану", "ru", Label.PLACE_COARSE, "Астану"),
        ("Мысал ауылында тұрамын", "kk", Label.PLACE_FINE, "Мысал ауылында"),
        ("мысал ауылының тұрғыны", "kk", Label.PLACE_FINE, "мысал ауылының"),
        ("Мысал ауылдық округі", "kk", Label.PLACE_FINE, "Мысал ауылдық округі"),
        ("Мысалауылға бардым", "kk", Label.PLACE_FINE, "Мысалауылға"),
        ("Мысал ауданының орталығы", "kk", Label.PLACE_COARSE, "Мысал ауданының"),
        ("Ақмола облысында", "kk", Label.PLACE_COARSE, "Ақмола облысында"),
        ("солтүстік қазақстан облысы", "kk", Label.PLACE_COARSE, "солтүстік қазақстан облысы"),
        ("Шымкенттен келдім", "kk", Label.PLACE_COARSE, "Шымкенттен"),
        ("in Example village we", "en", Label.PLACE_FINE, "Example village"),
        ("the village of Example is", "en", Label.PLACE_FINE, "village of Example"),
        ("Example district", "en", Label.PLACE_COARSE, "Example district"),
        ("West Kazakhstan region", "en", Label.PLACE_COARSE, "West Kazakhstan region"),
        ("работал в ТОО «Выдумка» там", "ru", Label.ORG, "ТОО «Выдумка»"),
        ("в школе № 12 учился", "ru", Label.ORG, "школе № 12"),
        ("«Мысал» шаруа қожалығы", "kk", Label.ORG, "«Мысал» шаруа қожалығы"),
        ("Ойдантап атындағы орта мектеп", "kk", Label.ORG, "Ойдантап атындағы орта мектеп"),
        ("school number 12", "en", Label.ORG, "school number 12"),
        ("Invented Farm LLP", "en", Label.ORG, "Invented Farm LLP"),
        ("я директор школы", "ru", Label.ROLE, "директор школы"),
        ("аким Примерного сельского округа", "ru", Label.ROLE, "аким"),
        ("мектеп директоры болдым", "kk", Label.ROLE, "мектеп директоры"),
        ("Мысал ауылының әкімі", "kk", Label.ROLE, "әкімі"),
        ("secretary of the election commission", "en", Label.ROLE, "secretary of the election commission"),
        ("из рода найман", "ru", Label.CLAN, "найман"),
        ("мен арғынмын, білесіз", "kk", Label.CLAN, "арғынмын"),
        ("руы уақ болған", "kk", Label.CLAN, "уақ"),
        ("орта жүзден", "kk", Label.CLAN, "орта жүзден"),
        ("the Naiman clan", "en", Label.CLAN, "Naiman"),
    ],
)
def test_places_organisations_posts_and_clans_are_found(text: str, language: str, label: Label, surface: str) -> None:
    assert covered(text, language, label) == [surface]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("уақыт болды, кетеді", "kk"),
        ("біздің ауылда, осы ауылы жақсы", "kk"),
        ("в нашем селе все говорят", "ru"),
        ("нашего сельского округа", "ru"),
        ("адай, уақ деген сөз", "kk"),
        ("in our village and district", "en"),
        ("Сайлау жақсы өтті.", "kk"),
        ("Выборы прошли хорошо, люди довольны.", "ru"),
    ],
)
def test_common_speech_is_left_alone(text: str, language: str) -> None:
    assert find(text, language) == []


def test_clans_are_only_shown() -> None:
    assert {f.tier for f in find("найман руынан, орта жүз", "kk")} == {Tier.C}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Кеше Ереке келді", ["Ереке"]),
        ("Сәкеңнің үйінде болдық", ["Сәкеңнің"]),
        ("Мереке болды, Жеке кәсіп ашты, Әкеңе айт", []),
        ("мы были у дяди серика дома", ["серика"]),
        ("тетя галя пришла", ["галя"]),
        ("мой брат марат уехал", ["марат"]),
        ("брат работал, сестра пришла, сосед говорит", []),
        ("інім серік келді", ["серік"]),
        ("менің інім келді, әкем айтты", []),
        ("марат аға келді", ["марат"]),
        ("үлкен аға бір апа көп ата", []),
        ("She is the sister of Oydantap and the mother of the boy", ["Oydantap"]),
    ],
)
def test_kin_words_tell_a_name_also_in_small_letters(text: str, names: list[str]) -> None:
    language = "en" if text.isascii() else "mixed"
    assert [f.span.of(text) for f in find(text, language) if f.label is Label.PERSON] == names
