"""A person whom a review confirmed, and the forms in which the name comes back."""

from __future__ import annotations

from qualcoder.anonymise.known_names import KnownNames, known_names
from qualcoder.home import Home
from tests.homes import World
from tests.transcripts import making

NAME = "Бекзат Ойлапов"
TEXT = "Интервьюер: Кто там был?\nРеспондент: Бекзат Ойлапов приехал зимой.\n"
CASES = {
    "as it was said": "Бекзат Ойлапов",
    "Russian genitive": "Ойлапова",
    "Russian instrumental, lower case": "ойлаповым",
    "Kazakh genitive": "Ойлаповтың",
    "Kazakh dative, lower case": "ойлаповқа",
    "first name in Kazakh": "Бекзаттан",
    "initials before": "Б. Ойлапову",
    "initials after": "Ойлапов Б.А.",
    "capitals": "ОЙЛАПОВ",
    "a Latin letter inside": "Oйлaпoв",
    "a soft hyphen inside": "Ойла\u00adпов",
    "a zero-width space inside": "Ой\u200bлапов",
    "a decomposed letter inside": "Ои\u0306лапов",
    "with a hyphen": "Бекзат-ағай",
    "Latin": "Bekzat Oylapov",
    "Latin, lower case": "oylapov",
    "Latin with a Kazakh ending": "Oylapovтың",
}
HARMLESS = (
    "Воды не было, и все спрашивали, кто это исправит.",
    "Су жоқ, жол да жоқ, ал сайлау өтті.",
    "Nobody fixed the road before the election.",
    "[Лицо 3] пришёл, [Адам 12] келді, [Person 7] left.",
    "",
    "12 345 000",
)


def register(home: Home, world: World, name: str = NAME, text: str = TEXT) -> None:
    """Let a reader of one transcript say that this is a person's name."""
    making.to_review(home, world, making.upload(text), marks=(name,))


def known(home: Home, world: World) -> KnownNames:
    with home.data.read() as db:
        return known_names(db, world.study.id)
