"""The words to look for: one invented word per thing that is sealed, and why some sealed fields have none yet.

Every word is made anew from Kazakh letters (each fourth from letters that Windows-1251 can write too), so that finding
one can't be chance. Words marked `is_made` are not chosen but come about: a pseudonym, a line of an export.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from qualcoder.vault import fields as f
from qualcoder.vault.fields import SealedField

_KAZAKH = "әғқңөұүһіабдежзклмнорстуы"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшыэя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Canary:
    """A word and the sealed field that it is written to. The name says where it is typed."""

    name: str
    field: SealedField
    shape: str = "қанарім{}"
    is_made: bool = False


CANARIES: tuple[Canary, ...] = (
    Canary("admin address", f.PERSON_EMAIL, "qanarim-{}@example.org"),
    Canary("admin name", f.PERSON_NAME, "Қанарім{}"),
    Canary("pi address", f.PERSON_EMAIL, "қанарім{}@example.org"),
    Canary("pi name", f.PERSON_NAME, "Әкімбай {}"),
    Canary("coder address", f.PERSON_EMAIL, "{}@qanarim.example.org"),
    Canary("coder name", f.PERSON_NAME, "Ойдантап {}"),
    Canary("address given at the command line", f.PERSON_EMAIL, "qan{}@example.org"),
    Canary("name given at the command line", f.PERSON_NAME, "Ойлап {}"),
    Canary("study title", f.STUDY_TITLE, "Зерттеу {}"),
    Canary("study title given at the command line", f.STUDY_TITLE, "Исследование {}"),
    Canary("category", f.RESPONDENT_ATTRIBUTES, is_made=True),
    Canary("note about a respondent", f.RESPONDENT_ATTRIBUTES),
    Canary("date of the interview", f.INTERVIEW_DETAILS, is_made=True),
    Canary("place of the interview", f.INTERVIEW_DETAILS, "{}ауыл"),
    Canary("who took part", f.PARTICIPATION_TARGET, is_made=True),
    Canary("speaker label of a participation", f.PARTICIPATION_TARGET),
    Canary("end of the consent", f.CONSENT_SCOPE, is_made=True),
    Canary("note of the consent", f.CONSENT_SCOPE),
    Canary("link to a race", f.LINK_TARGET, is_made=True),
    Canary("title of a transcript", f.TRANSCRIPT_TITLE),
    Canary("name of a file", f.TRANSCRIPT_FILE_NAME, "{}.txt"),
    Canary("name of a file given at the command line", f.TRANSCRIPT_FILE_NAME, "сұхбат-{}.txt"),
    Canary("label of the interviewer", f.TURN_SPEAKER, "Інтқанарім{}"),
    Canary("label of the respondent", f.TURN_SPEAKER, "Респқанарім{}"),
    Canary("question", f.TURN_BODY),
    Canary("first words of an answer", f.TURN_BODY, "Қанарім{}"),
    Canary("middle of an answer", f.TURN_BODY),
    Canary("end of an answer", f.TURN_BODY),
    Canary("second answer", f.TURN_BODY),
    Canary("secret of a second factor", f.PERSON_TOTP, is_made=True),
    Canary("last turn", f.TURN_BODY),
    Canary("answer in a UTF-16 file", f.TURN_BODY),
    Canary("answer in a Windows-1251 file", f.TURN_BODY, "канарейка{}"),
    Canary("answer in a file of the command line", f.TURN_BODY),
    Canary("answer that waits for review", f.TURN_BODY),
    Canary("hidden hyphen in the source file", f.BLOB_CHUNK, "қанар\u00adім{}"),
    Canary("line of the exported file", f.BLOB_CHUNK_STUDY, is_made=True),
    Canary("pseudonym", f.ENTITY_PSEUDONYM, is_made=True),
    Canary("name that was found", f.ENTITY_NAME, "Қанарімбек Ө{}ов"),
    Canary("form of a name", f.SURFACE_FORM, is_made=True),
    Canary("name marked by hand", f.ENTITY_NAME),
    Canary("replacement", f.PII_REPLACEMENT, "[қанарім{}]"),
    Canary("reason to keep", f.PII_REASON),
    Canary("reason of the first reader", f.PII_FIRST_WORDS),
    Canary("levels of a place", f.ENTITY_LEVELS, is_made=True),
    Canary("replacement in the log", f.REPLACEMENT_SHOWN, is_made=True),
    Canary("name of the codebook", f.CODEBOOK_NAME),
    Canary("code name in Kazakh", f.CODE_NAME),
    Canary("code name in Russian", f.CODE_NAME, "канарейка {}"),
    Canary("code name in English", f.CODE_NAME, "canary {}"),
    Canary("definition", f.CODE_DEFINITION),
    Canary("when to use", f.CODE_FIELDS),
    Canary("when not to use", f.CODE_FIELDS),
    Canary("example", f.CODE_FIELDS),
    Canary("Stata name", f.CODE_FIELDS, "th_{}"),
    Canary("alias in Kazakh", f.CODE_ALIASES),
    Canary("alias in Russian", f.CODE_ALIASES, "канар {}"),
    Canary("alias in English", f.CODE_ALIASES, "can {}"),
    Canary("name of a round", f.ROUND_NAME),
    Canary("round in the log of the codebook", f.CODE_CHANGE),
    Canary("memo", f.MEMO_BODY),
    Canary("long memo", f.MEMO_BODY),
    Canary("memo on the study", f.MEMO_BODY_STUDY),
    Canary("memo on an interview", f.MEMO_BODY),
    Canary("translation", f.TRANSLATION_BODY),
    Canary("memo before it was changed", f.COMMAND_PAYLOAD),
    Canary("what is exported", f.EXPORT_SPEC, is_made=True),
    Canary("name of a kept question", f.VIEW_SPEC),
    Canary("note of a flag", f.FLAG_NOTE),
    Canary("reason to show again", f.FLAG_REASON),
)

# A reason is a promise: whoever makes one of these writable writes its canary too.
NOT_WRITABLE: dict[SealedField, str] = {
    f.WRAPPED_KEY: "a key in keys.db, no words; test_no_key_lies_in_the_clear looks for the keys themselves",
    f.IDENTITY_PRIVATE: "a key in keys.db, no words; the passphrase that wraps it is a secret of the story",
    f.INSTRUMENT_BODY: "no page stores an interview guide yet",
    f.LIST_ENTRY_FORM: "no page keeps lists of words to keep or to propose yet",
    f.COMMAND_PAYLOAD_STUDY: "the log holds acts of coding only, which belong to an interview",
    f.SNAPSHOT_SPEC: "figures are not kept as snapshots yet",
}

# Typed into forms and requests that are refused: they must be nowhere, not even sealed.
REFUSED = (
    "address of a wrong sign-in",
    "password of a wrong sign-in",
    "refused title",
    "refused file name",
    "refused file",
    "refused memo",
    "refused words",
    "refused code",
    "refused json",
    "refused policy",
    "refused form without token",
    "huge request",
    "memo while the table is gone",
)
# Never stored in a form that can be read back, sealed or not.
SECRETS = ("passphrase of the identity vault", "password of the admin", "password of the pi")


def words_for(seed: int) -> dict[str, str]:
    """A word for every name; the same seed gives the same words. Those that are made have none yet."""
    draw = random.Random(seed)
    found: dict[str, str] = {}
    for number, canary in enumerate(CANARIES):
        if not canary.is_made:
            found[canary.name] = canary.shape.format(_word(draw, canary.shape, number))
    for number, name in enumerate((*REFUSED, *SECRETS)):
        found[name] = f"қанарім{_word(draw, 'қ', number)}"
    return found


def _word(draw: random.Random, shape: str, number: int) -> str:
    if not any("а" <= c <= "я" or c in _KAZAKH for c in shape.casefold()):
        letters = _LATIN
    elif not any(c in "әғқңөұүһі" for c in shape.casefold()) or number % 4 == 0:
        letters = _RUSSIAN
    else:
        letters = _KAZAKH
    return "".join(draw.choice(letters) for _ in range(12))
