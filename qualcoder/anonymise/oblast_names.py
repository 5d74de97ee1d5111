"""The twenty oblasts and cities of the first level in three languages, with the codes of ISO and of the classifier."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A district or an oblast with its type word, as each language writes it."""

    kk: str
    ru: str
    en: str

    def in_language(self, language: str) -> str:
        return {"kk": self.kk, "ru": self.ru}.get(language, self.en)


@dataclass(frozen=True, slots=True)
class Oblast:
    """An oblast or a city of the first level; `kato2` is how codes of the classifier begin."""

    iso: str
    kato2: str
    name: PlaceName


OBLASTS: tuple[Oblast, ...] = (
    Oblast("KZ-10", "10", PlaceName("Абай облысы", "область Абай", "Abai oblast")),
    Oblast("KZ-11", "11", PlaceName("Ақмола облысы", "Акмолинская область", "Akmola oblast")),
    Oblast("KZ-15", "15", PlaceName("Ақтөбе облысы", "Актюбинская область", "Aktobe oblast")),
    Oblast("KZ-19", "19", PlaceName("Алматы облысы", "Алматинская область", "Almaty oblast")),
    Oblast("KZ-23", "23", PlaceName("Атырау облысы", "Атырауская область", "Atyrau oblast")),
    Oblast(
        "KZ-27", "27", PlaceName("Батыс Қазақстан облысы", "Западно-Казахстанская область", "West Kazakhstan oblast")
    ),
    Oblast("KZ-31", "31", PlaceName("Жамбыл облысы", "Жамбылская область", "Zhambyl oblast")),
    Oblast("KZ-33", "33", PlaceName("Жетісу облысы", "область Жетісу", "Jetisu oblast")),
    Oblast("KZ-35", "35", PlaceName("Қарағанды облысы", "Карагандинская область", "Karaganda oblast")),
    Oblast("KZ-39", "39", PlaceName("Қостанай облысы", "Костанайская область", "Kostanay oblast")),
    Oblast("KZ-43", "43", PlaceName("Қызылорда облысы", "Кызылординская область", "Kyzylorda oblast")),
    Oblast("KZ-47", "47", PlaceName("Маңғыстау облысы", "Мангистауская область", "Mangystau oblast")),
    Oblast("KZ-55", "55", PlaceName("Павлодар облысы", "Павлодарская область", "Pavlodar oblast")),
    Oblast(
        "KZ-59",
        "59",
        PlaceName("Солтүстік Қазақстан облысы", "Северо-Казахстанская область", "North Kazakhstan oblast"),
    ),
    Oblast("KZ-61", "61", PlaceName("Түркістан облысы", "Туркестанская область", "Turkestan oblast")),
    Oblast("KZ-62", "62", PlaceName("Ұлытау облысы", "область Ұлытау", "Ulytau oblast")),
    Oblast(
        "KZ-63", "63", PlaceName("Шығыс Қазақстан облысы", "Восточно-Казахстанская область", "East Kazakhstan oblast")
    ),
    Oblast("KZ-71", "71", PlaceName("Астана", "Астана", "Astana")),
    Oblast("KZ-75", "75", PlaceName("Алматы", "Алматы", "Almaty")),
    Oblast("KZ-79", "79", PlaceName("Шымкент", "Шымкент", "Shymkent")),
)
BY_ISO = {oblast.iso: oblast.name for oblast in OBLASTS}
BY_KATO = {oblast.kato2: oblast.name for oblast in OBLASTS}
