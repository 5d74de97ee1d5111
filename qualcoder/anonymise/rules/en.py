"""English, and Kazakh or Russian names in Latin letters: cues, endings, places, organisations and posts."""

from __future__ import annotations

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.rules.names import (
    MID_SENTENCE,
    judge_listed,
    judge_unknown,
    person,
    person_uncased,
    place,
    quasi,
)
from qualcoder.anonymise.rules.pattern import Rule
from qualcoder.anonymise.rules.reasons import (
    DISTRICT,
    INITIALS,
    INTRODUCED,
    ORG,
    PATRONYMIC,
    ROLE,
    SURNAME,
    TITLE,
    VILLAGE,
)

_WORD = r"(?:[A-Z][a-z]{1,24}(?:[\-'][A-Z]?[a-z]{2,24})?|[A-Z]{3,24})(?!\w)"
_NAME = rf"(?<!\w){_WORD}(?: {_WORD}){{0,2}}"
_NAME_WITH_INITIALS = rf"(?:(?:[A-Z]\. ?){{1,2}}{_WORD}|{_WORD}(?: [A-Z]\.)? {_WORD}|{_WORD})"
_TITLES = (
    r"(?:(?<!\w)(?i:mr|mrs|ms|dr|prof)(?:\.|(?= ))|(?i:(?<!\w)(?:akim|mayor|candidate|deputy|governor|chairman"
    r"|chairwoman|director|principal|teacher|professor|secretary|observer|imam|mullah|uncle|aunt|auntie|brother"
    r"|sister|husband|wife|son|daughter|cousin|nephew|neighbou?r|colleague|friend|headman|elder|father|mother"
    r"|grandfather|grandmother|dear)))"
)
_KIN = r"(?:aga|agai|aghai|apa|apai|apay|ake|ata|aksakal|aqsaqal|khanym|myrza)"
_LOWER = r"[a-z]{3,24}(?!\w)"
_KIN_CLOSE = r"(?i:(?<!\w)(?:uncle|aunt|auntie|grandpa|grandma|aga|apa|ata))"
_KIN_OF = (
    r"(?i:(?<!\w)(?:brother|sister|son|daughter|wife|husband|widow|father|mother|uncle|aunt|cousin|nephew|niece|grandson"
    r"|granddaughter|relative|friend|neighbou?r|house|family|children)s? of)"
)
_INTRODUCE = (
    r"(?i:(?<!\w)(?:(?:my|his|her|whose)(?: \w{2,12})?(?:'s)? (?:full )?(?:name|surname)(?: is|'s| was)?"
    r"|i am called|by the name of|surname(?: is)?|i am|i'm))"
)
_NOT_LOWER_NAME = (
    r"(?!(?:is|was|not|on|in|the|a|and|of|for|to|known|called|changed|after|there|written|very|also"
    r"|well|here|listed|that|it|so|never)(?!\w))"
)
_SURNAME_END = r"(?:ov|ev|yev|ova|eva|yeva|bek|bekov|bekova|bayev|baev|bayeva|ulin|in|ina|sky|skaya|enko)"
_NOT_SURNAME = (
    r"(?!(?:Berlin|Kiev|Martin|Latin|Stalin|Lenin|Putin|Ukrain|Robin|Begin|Within|Main|Again|Certain"
    r"|China|Argentina|Rostov|Saratov|Captain|Britain|Spain|Train|Chain|Admin)(?!\w))"
)

RULES: tuple[Rule, ...] = (
    person("en.title", 0.85, TITLE, rf"{_TITLES} ({_NAME_WITH_INITIALS})"),
    person("en.kin", 0.8, TITLE, rf"({_NAME})[ \-]{_KIN}(?!\w)"),
    person("en.kin_of", 0.75, TITLE, rf"{_KIN_OF} ({_NAME_WITH_INITIALS})"),
    person_uncased("en.kin_uncased", 0.4, TITLE, rf"{_KIN_CLOSE} ({_LOWER})", judge_unknown),
    person_uncased("en.kin_of_uncased", 0.45, TITLE, rf"{_KIN_OF} ({_LOWER})", judge_listed),
    person_uncased("en.kin_after_uncased", 0.4, TITLE, rf"(?<!\w)({_LOWER})[ \-]{_KIN}(?!\w)", judge_unknown),
    person("en.introduced", 0.85, INTRODUCED, rf"{_INTRODUCE},? ({_NAME_WITH_INITIALS})"),
    person("en.named", 0.5, INTRODUCED, rf"(?i:(?<!\w)(?:named|called|this is)),? ({_NAME_WITH_INITIALS})"),
    person(
        "en.introduced_lower",
        0.6,
        INTRODUCED,
        rf"(?i:(?<!\w)(?:my|his|her) name(?: is|'s| was)) {_NOT_LOWER_NAME}([a-z]{{3,24}}(?: [a-z]{{3,20}}(?:ov|ev"
        rf"|ova|eva)(?!\w))?)(?!\w)",
    ),
    person(
        "en.patronymic",
        0.9,
        PATRONYMIC,
        rf"(?<!\w)(?:{_WORD} ){{0,2}}(?!(?i:alimuly|baiuly))[A-Z][a-z]{{2,20}}(?:ovich|evich|ovna|evna|uly|qyzy"
        rf"|kyzy)(?!\w)(?: {_WORD})?",
    ),
    person("en.full_name", 0.7, SURNAME, rf"(?<!\w)({_WORD} {_NOT_SURNAME}[A-Z][a-z]{{2,20}}{_SURNAME_END})(?!\w)"),
    person(
        "en.surname",
        0.55,
        SURNAME,
        rf"{MID_SENTENCE}({_NOT_SURNAME}[A-Z][a-z]{{3,20}}(?:ov|ev|ova|eva|bekov|bayev|baev))(?!\w)",
    ),
    person("en.initials", 0.85, INITIALS, rf"(?<![\w.])([A-Z]\. ?[A-Z]\. ?{_WORD})"),
    place(
        "en.village_of",
        0.9,
        VILLAGE,
        rf"(?<!\w)(?i:village|aul|auyl|settlement|hamlet) (?:(?i:of|called|named) )?(?P<name>{_WORD}(?: {_WORD})?)",
    ),
    place(
        "en.village",
        0.85,
        VILLAGE,
        rf"(?P<name>{_NAME}) (?i:village|aul|auyl|settlement|rural (?:district|okrug))(?!\w)",
    ),
    place(
        "en.village_shape",
        0.5,
        VILLAGE,
        r"(?<!\w)(?P<name>[A-Z][a-z]{2,20}(?:auyl|aul|bulak|bulaq|kol|tobe|ovka|evka))(?!\w)",
    ),
    place(
        "en.district",
        0.85,
        DISTRICT,
        rf"(?P<name>{_NAME}) (?i:district|rayon|raion|region|oblast|province|city)(?!\w)",
        label=Label.PLACE_COARSE,
    ),
    place(
        "en.district_of",
        0.8,
        DISTRICT,
        rf"(?<!\w)(?i:district|region|oblast|city|town) (?i:of|called|named) (?P<name>{_WORD}(?: {_WORD})?)",
        label=Label.PLACE_COARSE,
    ),
    quasi(
        "en.school",
        Label.ORG,
        0.85,
        ORG,
        r"(?<!\w)(?i:school|kindergarten|hospital|college) (?:(?i:no\.?|number|#|№) ?)\d{1,4}(?!\d)",
    ),
    quasi(
        "en.organisation",
        Label.ORG,
        0.8,
        ORG,
        rf"(?:{_NAME} (?:LLP|LLC|Ltd|JSC|School|College|Hospital|Farm|Foundation|Kindergarten)|(?<!\w)(?:LLP|LLC"
        rf"|JSC) \"?{_WORD}\"?)(?!\w)",
    ),
    quasi(
        "en.role",
        Label.ROLE,
        0.5,
        ROLE,
        r"(?<!\w)(?i:(?:school|hospital|library|kindergarten) (?:director|principal|head)|(?:director|principal"
        r"|head|chair|chairman|chairwoman|chairperson|secretary|member) of (?:the|our|my) (?:\w{2,12} "
        r"){0,2}(?:school|commission|hospital"
        r"|library|kindergarten|mosque|maslikhat)|deputy akim)(?!\w)",
    ),
    quasi(
        "en.role_of_place",
        Label.ROLE,
        0.5,
        ROLE,
        rf"(?<!\w)((?i:(?:former |current )?(?:akim|mayor|head|governor))) (?i:of) (?:(?i:the) )?(?={_WORD})",
    ),
)
