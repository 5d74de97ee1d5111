"""Invented interviews in which the names of two people stand in every shape that names take.

`1«Ойлапов»` is a planted form: the number says whom it names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

RU = """\
Интервьюер: Как прошли выборы акима в вашем селе?
Респондент: Победил 1«Бекзат Ойлапов», до этого он работал в школе. Мы с 1«Ойлаповым» знакомы давно.
Интервьюер: А кто был против него?
Респондент: Против 1«Ойлапова» шла 2«Гүлнар Мысалқызы», наша учительница. 2«Гүлнар» многие любят.
Интервьюер: Расскажите подробнее.
Респондент: Я сам голосовал за 2«Мысалқызы», а брат мой верил 1«Бекзату». В списке стояло 1«Ойлапов Б. А.».
Интервьюер: Вы записали, что вам писали сообщения?
Респондент: Да, там латиницей было 1«Oylapov» и ещё 1«Bekzat», а про неё писали 2«Gulnar Mysalkyzy».
Интервьюер: что дальше
Респондент: ну потом 1«ойлапов» приехал и 1«бекзат» сказал что дороги будут а 2«гүлнар» промолчала
Интервьюер: и что люди
Респондент: люди говорили что 1«ойлаповым» довольны а к 2«гүлнаре» ходили за советом
"""

KK = """\
Интервьюер: Сіздің ауылда әкім сайлауы қалай өтті?
Респондент: Бізде 1«Серікбол Ойдантаев» жеңді, бұрын мектепте істеген. 1«Ойдантаевты» бәрі таниды.
Интервьюер: Оған кім қарсы шықты?
Респондент: Қарсылас болып 2«Айгүл Мысалова» түсті. 2«Айгүлге» жастар дауыс берді.
Интервьюер: Толығырақ айтып беріңізші.
Респондент: Мен 1«Серікболға» дауыс бердім, ағам 2«Мысаловаға» берді. Тізімде 1«С. Ойдантаев» деп тұр.
Интервьюер: Хабарлама жаздыңыз ба?
Респондент: Иә, латынша 1«Oydantaev» деп жазды, кейде 1«Serikbol» деп, ал ол кісіні 2«Aigul Mysalova» деп.
Интервьюер: сосын не болды
Респондент: сосын 1«ойдантаевтың» үйіне бардық 1«серікбол» келді деп 2«айгүлдің» өзі айтты
Интервьюер: халық не дейді
Респондент: халық 1«ойдантаевқа» риза 2«айгүлмен» де сөйлесіп жүр
"""

EN = """\
Interviewer: How did the election of the akim go in your village?
Respondent: The winner was 1«Bekzat Oilapov», who had worked at the school. We have known 1«Oilapov» for years.
Interviewer: Who ran against him?
Respondent: Against him ran 2«Gulnar Mysalova», our teacher. People like 2«Gulnar» a lot.
Interviewer: Tell me more.
Respondent: I voted for 2«Mysalova» and my brother trusted 1«Bekzat». The list said 1«B. Oilapov», just like that.
Interviewer: Did they write to you?
Respondent: Yes, in Cyrillic, 1«Ойлапов» and once 1«Бекзат», and for her 2«Гульнар Мысалова».
Interviewer: and then
Respondent: then 1«oilapov» came and 1«bekzat»'s brother said the road would be built and 2«gulnar» kept quiet
Interviewer: and the people
Respondent: people were happy with 1«oilapov» and asked 2«gulnar»'s advice
"""

_PLANT = re.compile(r"(\d)«([^»]+)»")
_TEXTS = {"ru": RU, "kk": KK, "en": EN}


@dataclass(frozen=True, slots=True)
class Form:
    """One planted form: whose it is, as written, and `[start, end)` in the turns joined by one LF."""

    person: int
    written: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Planted:
    """A file to upload, and the forms that stand in its turns."""

    file: str
    forms: tuple[Form, ...]


def planted(language: str) -> Planted:
    """The interview of one language, without the marks."""
    marked = _TEXTS[language]
    turns = "\n".join(line.partition(": ")[2] for line in marked.splitlines())
    forms, cut = [], 0
    for match in _PLANT.finditer(turns):
        start = match.start() - cut
        forms.append(Form(int(match[1]), match[2], start, start + len(match[2])))
        cut += len(match[0]) - len(match[2])
    return Planted(_PLANT.sub(r"\2", marked), tuple(forms))
