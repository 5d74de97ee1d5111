"""Words that stand beside names: kin, titles, kinds of places, verbs of naming. All in casefold, three languages."""

from __future__ import annotations

from qualcoder.anonymise.rules.pattern import listed

_KIN = """
аға ағай ағатай ағасы ағам апа апай апке апеке апам апасы тәте көке әпке әже ата атай атам ақсақал қария жеңге жеңгей
жезде іні інім інісі қарындас құрда құрдас бауырым ұлы қызы әкесі шешесі әкем шешем жұбайы әйелі күйеуі баласы келіні
дядя тетя тётя брат братишка сестра муж жена сын дочь дочка отец мать бабушка дедушка дед внук внучка племянник
племянница зять сноха невестка сват сватья свекровь теща тёща тесть ага агай апай апке аже аксакал тате байке коке
женге жезде ата
uncle aunt auntie brother sister husband wife son daughter father mother grandfather grandmother cousin nephew niece
aga agai aghai apa apai apke ake ata aje aksakal aqsaqal tate koke
"""
_TITLES = """
әкім әкімі әкіміміз депутат депутаты үміткер үміткері кандидат төраға төрағасы хатшы хатшысы директор директоры мырза
ханым азамат мұғалім дәрігер молда имам бақылаушы көрші көршім министр президент президенті басшысы жетекшісі спикер
спортшы ақын жазушы әнші кәсіпкер тұрғын тұрғыны маман заңгер бокс боксшы өкілі орынбасары батыр
аким акима акиму акимом депутат депутата кандидат кандидата господин госпожа товарищ директор председатель секретарь
наблюдатель учитель учительница глава начальник врач фельдшер бухгалтер мулла имам сосед соседка друг подруга
министр президент губернатор мэр лидер адвокат судья генерал полковник режиссер актер певец писатель поэт
победитель соперник уважаемый
mr mrs ms miss dr prof akim mayor candidate deputy governor chairman director principal teacher professor secretary
observer imam mullah neighbour neighbor colleague friend president minister senator judge captain coach
"""
_PLACE_TYPES = """
ауыл ауылы ауылында ауылының ауылдық ауылдың ауылға ауылдан село селосы елді кент кенті станция станциясы аудан ауданы
ауданының ауданында облыс облысы облысының облысында қала қаласы қаласында қаласының көшесі даңғылы округі
село села селе селу аул аула ауле поселок посёлок поселка поселке деревня деревни деревне станция район района районе
область области город города городе городу улица улице улицы проспект округ округа округе мкр ул
village aul auyl settlement district region oblast province city town street avenue rural okrug
"""
_NAMING = """
деген атты есімді аты атым есімі есімім тегі фамилиясы деп дейтін айтты деді
зовут звали имени фамилия фамилии имя имени отчеству называют
named called name surname known
"""


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for mark, words in (("n", _NAMING), ("v", _PLACE_TYPES), ("t", _TITLES), ("k", _KIN)):
        for word in listed(words):
            table[word] = mark
    return table


CUES = _table()
# Words that are part of how people call somebody: Айгүл апай, тётя Валя, Mrs Brown.
ADDRESS_AFTER = frozenset(
    listed(
        "аға ағай ағам апа апай апам апке апкем апеке әпке әпкем тәте тәтем көке көкем әже әжем ата атам ақсақал қария "
        "мырза ханым жеңге жеңгем жеңгей жезде ага агай аже аксакал тате байке коке женге "
        "aga agai aghai apa apai apay apke ata aje azhe aksakal aqsaqal tate koke"
    )
)
ADDRESS_BEFORE = frozenset(
    listed(
        "дядя дяди дяде дядю дядей дядь тётя тёти тёте тётю тётей тёть тетя тети тете тетю тетей теть баба бабы бабе "
        "бабу бабой баб бабушка бабушки бабушке бабушку дед деда деду дедом господин госпожа "
        "mr mrs ms miss dr prof professor coach pastor general major captain colonel senator uncle aunt auntie"
    )
)
