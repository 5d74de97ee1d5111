"""Kazakh: names beside kin words and titles, patronymics, places before a type word, organisations and posts."""

from __future__ import annotations

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.letters import LOWER, UPPER
from qualcoder.anonymise.rules.endings import kk, kk_endings, kk_owned
from qualcoder.anonymise.rules.names import (
    LOWER_WORD,
    MID_SENTENCE,
    NAME,
    NAME_WITH_INITIALS,
    PLACE,
    WORD,
    judge_listed,
    judge_rare,
    judge_unknown,
    person,
    person_uncased,
    place,
    quasi,
)
from qualcoder.anonymise.rules.pattern import Rule
from qualcoder.anonymise.rules.reasons import DISTRICT, INTRODUCED, ORG, PATRONYMIC, ROLE, TITLE, VILLAGE

_KIN = kk(
    "аға ағай ағатай апа апай апке апеке тәте көке әпке әже ата атай ақсақал қария мырза ханым молда имам жеңге "
    "жеңгей жезде інім қарындас құрдас"
)
_KIN_UNCASED = kk("ағай апай тәте ақсақал мырза ханым көке")
_TITLES = kk(
    "әкім депутат үміткер кандидат төраға хатшы директор мырза ханым азамат азаматша мұғалім дәрігер молда имам "
    "бақылаушы көрші құрметті қадірлі досым"
)
_KIN_BEFORE = kk(
    "ағам ағамыз әкем шешем анам інім қарындасым әпкем ұлым қызым күйеуім әйелім жұбайым балам немерем бауырым "
    "атам әжем апам ағасы апасы әкесі шешесі інісі қызы баласы келіні күйеуі әйелі жұбайы"
)
_PATRONYMIC_END = r"(?:ұлы|қызы)(?:ның|нің|на|не|н|нда|нде|нан|нен|мен)?"
_INTRODUCE = (
    r"(?i:(?<!\w)(?:(?:менің |оның |өзімнің )?(?:атым|аты|есімім|есімі|аты-жөнім|аты-жөні|тегім|тегі"
    r"|фамилиям|фамилиясы)|атымды|мен )(?: болса)?,?[ :\-]{0,3}(?<=[ :\-]))"
)
_NOT_LOWER_NAME = (
    r"(?!(?:кім|кімде|не|жоқ|бар|бірге|осы|сол|да|де|болды|болған|аталған|бойынша|шықты|шыққан|өзгерді|ұмыттым"
    r"|ұмытып|айтылды|жазылды|белгілі|есімде|деген|менің|оның|көп|тек|қалай|емес|керек|арқылы|туралы"
    r"|үшін|бірақ|және|мен|бен|сіз|сен|ғой|екен|өте)(?!\w))"
)
_PERSON_NOUN = kk(
    "кісі адам азамат жігіт қыз келіншек ағай апай әйел бала үміткер кандидат ақсақал депутат әкім мұғалім"
)

# Ереке, Сәке, Нұрекең: how a respected man is called by the beginning of his name.
_RESPECT = rf"[{LOWER}]{{0,6}}(?:еке|әке)(?:ң|м)?{kk_endings('е')}"
_NOT_RESPECT = r"(?!(?i:(?:мер|бер|ж|ш|кел|жел|төб|ерт|б|с|т)еке|(?:к|бә|та|қ)?әке(?!\w{0,2}к))\w{0,12}(?!\w))"

_VILLAGE_TYPE = kk("ауыл ауылдық село елді_мекен кент станса станция бекет разъез разъезд қыстағ совхоз колхоз")
_NAMED_VILLAGE = kk_owned("ауыл село елді_мекен кент станция станса совхоз")
_LOWER_NOT_PLACE = (
    r"(?!(?:біздің|өз|өзінің|өзіміздің|осы|сол|әр|әрбір|бір|туған|көрші|орталық|қазақ|басқа|шалғай|алыс|кіші|үлкен"
    r"|шағын|бұл|ол|жаңа|ескі|барлық|кейбір|қай|мына|оның|менің|сіздің|олардың|екі|үш|бүкіл|сондай|жақын"
    r"|мұндай|орыс|аудан|ауданның|облыс|облыстың|балық|байырғы|және|бойынша|ата|өсіп|тұрған|тұратын)(?!\w))"
)
_DISTRICT_TYPE = f"(?:{kk('аудан облыс')}|{kk_owned('қала')})"

RULES: tuple[Rule, ...] = (
    person(
        "kk.patronymic",
        0.95,
        PATRONYMIC,
        rf"(?<!\w)(?:{WORD} ){{0,2}}(?!(?i:әлімұлы|байұлы))[{UPPER}][{LOWER}]{{2,20}}{_PATRONYMIC_END}(?!\w)",
    ),
    person("kk.patronymic_apart", 0.8, PATRONYMIC, rf"(?<!\w){WORD} {WORD} {_PATRONYMIC_END}(?!\w)"),
    person("kk.patronymic_ru", 0.8, PATRONYMIC, rf"(?<!\w){WORD} [{UPPER}][{LOWER}]{{2,20}}(?:улы|кызы)(?!\w)"),
    person(
        "kk.patronymic_lower",
        0.7,
        PATRONYMIC,
        rf"(?<!\w)(?!(?:әлімұлы|байұлы))([{LOWER}]{{3,20}}(?:ұлы|қызы)(?:ның|нің|на|не|нда|нде|нан|нен|мен)?)(?!\w)",
    ),
    person("kk.kin", 0.85, TITLE, rf"({NAME})[ \-](?!(?i:ағайын)){_KIN}"),
    person_uncased("kk.kin_uncased", 0.4, TITLE, rf"(?<!\w)({LOWER_WORD}) {_KIN_UNCASED}"),
    person("kk.title", 0.8, TITLE, rf"{_TITLES},? ({NAME_WITH_INITIALS})"),
    person("kk.kin_before", 0.75, TITLE, rf"{_KIN_BEFORE},? ({NAME})"),
    person("kk.introduced", 0.9, INTRODUCED, rf"{_INTRODUCE}({NAME_WITH_INITIALS})"),
    person(
        "kk.introduced_lower",
        0.6,
        INTRODUCED,
        rf"(?i:(?<!\w)(?:менің |оның )?(?:атым|есімім|есімі|аты-жөнім)) {_NOT_LOWER_NAME}({LOWER_WORD})",
    ),
    person("kk.called", 0.8, INTRODUCED, rf"({NAME}) (?i:деген|есімді|атты) {_PERSON_NOUN}"),
    place("kk.village", 0.9, VILLAGE, rf"(?P<name>{PLACE})[ \-]{_VILLAGE_TYPE}(?: {kk('округ')})?"),
    place("kk.village_lower", 0.5, VILLAGE, rf"(?<!\w){_LOWER_NOT_PLACE}(?P<name>{LOWER_WORD}) {_NAMED_VILLAGE}"),
    place(
        "kk.village_shape",
        0.55,
        VILLAGE,
        rf"(?<!\w)(?P<name>[{UPPER}][{LOWER}]{{2,20}}){kk('ауыл бұлақ төбе қорған тоғай көл', inside=True)}",
    ),
    place("kk.district", 0.9, DISTRICT, rf"(?P<name>{PLACE}) {_DISTRICT_TYPE}", label=Label.PLACE_COARSE),
    place(
        "kk.district_lower",
        0.5,
        DISTRICT,
        rf"(?<!\w){_LOWER_NOT_PLACE}(?P<name>{LOWER_WORD}) {kk_owned('аудан облыс қала')}",
        label=Label.PLACE_COARSE,
    ),
    quasi(
        "kk.organisation",
        Label.ORG,
        0.9,
        ORG,
        rf"(?<!\w)(?:(?:ЖШС|АҚ|ШҚ|КММ|ЖК|МКҚК|ҚБ|ҚҚ) (?:\"[^\"\n]{{2,60}}\"|{WORD}(?: {WORD})?)|\"[^\"\n]{{2,60}}\" "
        rf"(?:ЖШС|АҚ|ШҚ|КММ|(?i:шаруа қожалығ\w{{1,4}}|мектеб\w{{1,4}}|балабақша\w{{0,5}}|қор\w{{1,4}}"
        rf"|серіктестіг\w{{1,4}}|дүкен\w{{1,5}})))",
    ),
    quasi(
        "kk.school",
        Label.ORG,
        0.9,
        ORG,
        rf"(?:{NAME} (?i:атындағы) (?:№ ?\d{{1,3}} )?(?i:(?:орта |негізгі |бастауыш )?(?:мектеп|мектеб|лицей"
        rf"|гимнази|колледж|аурухана|балабақша|шаруа қожалы)\w{{0,6}})"
        rf"|(?<!\w)(?:№ ?\d{{1,3}}|\d{{1,3}} ?-?(?:ші|шы|інші|ыншы)) (?i:(?:орта |негізгі )?(?:мектеп|мектеб|лицей"
        rf"|гимнази)\w{{0,6}}))",
    ),
    quasi(
        "kk.role",
        Label.ROLE,
        0.5,
        ROLE,
        r"(?<!\w)(?i:(?:сайлау |учаскелік |аумақтық |орта ){0,2}(?:мектеп|мектебінің|комиссия|комиссиясының"
        r"|әкімнің|аурухана|клуб|кітапхана|мешіт|балабақша|маслихат|мәслихат|пошта) "
        r"(?:директор\w{0,5}|төраға\w{1,6}|хатшы\w{1,6}|орынбасар\w{1,6}|меңгеруші\w{1,6}|депутат\w{1,6}"
        r"|бухгалтер\w{1,5}|имам\w{1,5}))(?!\w)",
    ),
    quasi(
        "kk.role_of_place",
        Label.ROLE,
        0.5,
        ROLE,
        rf"{WORD} (?i:ауылдық округінің|ауылының|ауданының|қаласының|кентінің) (?:(?i:бұрынғы|қазіргі) "
        rf")?((?i:әкімі\w{{0,4}}|әкімінің орынбасары\w{{0,4}}|депутаты\w{{0,4}}|имамы\w{{0,4}}))(?!\w)",
    ),
    person("kk.address", 0.6, TITLE, rf"{MID_SENTENCE}([{UPPER}][{LOWER}]{{2,12}}(?:еке|әке)(?:ң|м|ңнің|ңе)?)(?=,)"),
    person("kk.respect", 0.6, TITLE, rf"(?<!\w){_NOT_RESPECT}([{UPPER}]{_RESPECT})(?!\w)", judge_rare),
    person_uncased("kk.respect_uncased", 0.45, TITLE, rf"(?<!\w){_NOT_RESPECT}([{LOWER}]{_RESPECT})(?!\w)", judge_rare),
    person_uncased("kk.kin_listed", 0.5, TITLE, rf"(?<!\w)({LOWER_WORD})[ \-](?!ағайын){_KIN}", judge_unknown),
    person_uncased("kk.kin_before_uncased", 0.45, TITLE, rf"{_KIN_BEFORE},? ({LOWER_WORD})", judge_listed),
)
