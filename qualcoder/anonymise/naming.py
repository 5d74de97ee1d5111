"""An invented name for a real person: of the same sex and naming tradition, and nobody's in the study."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from qualcoder.anonymise import russian_forms, surrogates
from qualcoder.anonymise.letters import KAZAKH_ONLY, has_cyrillic, shadow_of
from qualcoder.anonymise.russian_forms import Sex
from qualcoder.anonymise.surfaces import named_words
from qualcoder.anonymise.surrogates import Tradition

_FEMALE = re.compile(
    r"(?:овн|евн|ичн)(?:а|ы|е|у|ой)\Z|(?:қызы|кызы)\w{0,4}\Z|(?:[оеё]в|[иы]н)(?:ой|ою)\Z|ск(?:ая|ой|ую)\Z"
    r"|(?:гүл|гуль|гул|сұлу|бике|бибі|айым|нәр|жамал)\w{0,4}\Z|(?:ovna|evna|qyzy|kyzy|gul|sulu|[oe]va)\Z"
)
_MALE = re.compile(
    r"(?:ович|евич|ьич)(?:а|у|ем|е)?\Z|(?:ұлы|улы)\w{0,4}\Z|(?:[оеё]в|[иы]н)(?:ым|тың|тің|қа|ке|ты|ті|тан|тен|пен|)\Z|ск(?:ий|ого|ому|им)\Z"
    r"|\w{2}(?:бек|бай|хан|мырза|әлі|жан|уар|болат|тай)(?:а|у|ом|е|ты[ңн]?|ті[ңн]?|ның|нің|дың|ға|ге|қа|ке)?\Z|(?:ovich|evich|uly|[oe]v|yev|bek|bai|bay|khan)\Z"
)
_KAZAKH = re.compile(
    r"(?:ұлы|қызы|улы|кызы|бек|бай|баев|беков|жан|хан|галиев|гали|нұр|нур|гүл|гуль|гул|ерлан|серик|серік|айд|ай(?=[бгжз])|ер(?=[бжмск])"
    r"|мұх|мук|дәу|дау|бол(?=ат)|қай|кай(?=р)|тал(?=ғ|г)|сәу|жұм|жум|қас|асқ|аск|bek|bai|bay|zhan|nur|gul|yer|khan|zh|q)"
)


def sex_of_crowd(surfaces: Sequence[str], *, with_russian: bool) -> Sex:
    """What the mentions of one person tell of the sex; unknown when they say nothing, or both.

    A surname in -ова may be a woman's or a man's in the genitive, so it says nothing by itself. The Russian dictionary
    knows many first names and is asked when `with_russian`.
    """
    words = list(dict.fromkeys(word for surface in surfaces for word in named_words(surface)))
    told = {Sex.FEMALE for word in words if _FEMALE.search(word)} | {Sex.MALE for word in words if _MALE.search(word)}
    if not told and with_russian:
        told = {russian_forms.sex_in_dictionary(word) for word in words if has_cyrillic(word)} - {Sex.UNKNOWN}
    return told.pop() if len(told) == 1 else Sex.UNKNOWN


def tradition_of(surfaces: Sequence[str], language: str) -> Tradition:
    """Whether the person bears a Kazakh name or a Russian one; in doubt by the language spoken."""
    folded = shadow_of(" ".join(surfaces)).text.casefold()
    if KAZAKH_ONLY.intersection(folded) or _KAZAKH.search(folded) or language == "kk":
        return Tradition.KAZAKH
    return Tradition.RUSSIAN


def invent(
    surfaces: Sequence[str],
    language: str,
    sex: Sex,
    start: int,
    is_real: Callable[[str], bool],
    used: Collection[str] = (),
) -> str | None:
    """A first name and surname for the person; None when the sex is unknown or every name is taken."""
    if sex is Sex.UNKNOWN:
        return None
    tradition = tradition_of(surfaces, language)
    if language not in {"ru", "kk", "en"}:
        language = "kk" if tradition is Tradition.KAZAKH else "ru"
    return surrogates.choose(
        tradition,
        sex,
        language,
        start,
        lambda name: not any(is_real(form) for form in (name.kk, name.ru, name.en)),
        used,
    )
