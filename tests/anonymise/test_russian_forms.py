"""Russian cases of names: read with the dictionary, written with endings."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcoder.anonymise.russian_forms import RuCase, RuForm, Sex, decline, read, sex_in_dictionary


@pytest.mark.parametrize(
    ("surface", "before", "case"),
    [
        ("Выдумановым", "", "ablt"),
        ("Серика Ойдантапова", "у", "gent"),
        ("Ойдантаповой", "к", "datv"),
        ("Ойдантаповой", "о", "loct"),
        ("Нурланом", "", "ablt"),
        ("нурланом", "", "ablt"),
        ("Болатовичу", "", "datv"),
        ("выдуманову", "", "datv"),
        ("Ойдантапу", "", "datv"),
        ("Марии", "к", "datv"),
        ("Серик Выдуманов", "", "nomn"),
        ("С. Выдуманову", "", "datv"),
        ("Примерном", "в", "loct"),
        ("12", "", "nomn"),
        ("😀", "", "nomn"),
    ],
)
def test_the_case_of_a_name_is_read(surface: str, before: str, case: str) -> None:
    assert read(surface, before=before).case == case


def test_the_sex_decides_where_the_form_does_not() -> None:
    assert read("Выдуманова", sex=Sex.FEMALE).case is RuCase.NOMINATIVE
    assert read("Выдуманова", sex=Sex.MALE).case in {RuCase.GENITIVE, RuCase.ACCUSATIVE}


def test_several_people_of_one_surname_are_a_plural() -> None:
    assert read("Выдумановых") == RuForm(RuCase.GENITIVE, is_plural=True)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Ерлан Ойлапов", "Ерлана Ойлапова|Ерлану Ойлапову|Ерлана Ойлапова|Ерланом Ойлаповым|Ерлане Ойлапове"),
        ("Динара Ойлапова", "Динары Ойлаповой|Динаре Ойлаповой|Динару Ойлапову|Динарой Ойлаповой|Динаре Ойлаповой"),
        ("Юрий Примерский", "Юрия Примерского|Юрию Примерскому|Юрия Примерского|Юрием Примерским|Юрии Примерском"),
        ("Мария Седова", "Марии Седовой|Марии Седовой|Марию Седову|Марией Седовой|Марии Седовой"),
        ("Илья Седов", "Ильи Седова|Илье Седову|Илью Седова|Ильей Седовым|Илье Седове"),
        ("Айгерим", "Айгерим|Айгерим|Айгерим|Айгерим|Айгерим"),
        ("Марина", "Марины|Марине|Марину|Мариной|Марине"),
        ("Ольга", "Ольги|Ольге|Ольгу|Ольгой|Ольге"),
    ],
)
def test_a_name_is_put_into_every_case(name: str, forms: str) -> None:
    sex = Sex.FEMALE if name == "Айгерим" else Sex.UNKNOWN
    assert [decline(name, RuForm(case), sex) for case in tuple(RuCase)[1:]] == forms.split("|")


def test_a_surname_has_a_plural() -> None:
    assert decline("Ойлапова", RuForm(RuCase.INSTRUMENTAL, is_plural=True)) == "Ойлаповыми"


def test_the_dictionary_knows_the_sex_of_common_names() -> None:
    assert sex_in_dictionary("Серика") is Sex.MALE
    assert sex_in_dictionary("Динары") is Sex.FEMALE
    assert sex_in_dictionary("стола") is Sex.UNKNOWN


@settings(deadline=None)
@given(st.text(max_size=20), st.sampled_from(RuCase), st.sampled_from(Sex))
def test_any_text_is_read_and_declined(text: str, case: RuCase, sex: Sex) -> None:
    read(text, sex=sex)
    decline(text, RuForm(case), sex)


def test_declining_loads_no_dictionary() -> None:
    script = (
        "import sys; from qualcoder.anonymise import inflection as i;"
        "g = i.grammar_of('Выдуманову', 'ru', is_person=True); i.fitted('[Лицо 3]', g);"
        "i.fitted('Ерлан Ойлапов', i.grammar_from('ru last - datv')); print('pymorphy3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
