"""A reader confirms one form of each name, and every other form is gone from all that leaves: text, search, exports."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from python_calamine import CalamineWorkbook

from qualcoder.anonymise.findings import Label
from qualcoder.anonymise.letters import shadow_of
from qualcoder.anonymise.models import Decision, PiiSpan
from qualcoder.coding import service as coding
from qualcoder.coding.service import NewCoding
from qualcoder.core.ids import CodingId, TranscriptId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.interviews.models import LinkType
from qualcoder.interviews.service import NewLink
from qualcoder.matrices import service as exports
from qualcoder.matrices.cells import Question
from qualcoder.matrices.models import ExportFormat
from qualcoder.matrices.service import ExportSpec
from qualcoder.transcripts import reviewing
from qualcoder.transcripts.models import Transcript
from tests.homes import Browser, Worker, World, access_of
from tests.interviews.making import import_koyandy
from tests.scripts import script_of
from tests.transcripts import making
from tests.transcripts.planted import Form, planted

pytestmark = [pytest.mark.journey, pytest.mark.slow]
REASON = "A common word"


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_one_confirmed_form_takes_every_other_with_it(
    home: Home, world: World, browser: Browser, worker: Worker, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import_koyandy(home, world)
    codes = making.import_codes(home, world)
    making.open_vault(home, world.study)
    given = planted(language)
    new = making.upload(given.file, language=language, links=[NewLink("KOY-2022-2", LinkType.ABOUT)])
    transcript = making.receive(home, world, new)
    making.confirm(home, transcript, world.pi)
    worker()
    before = making.findings(home, transcript.id)
    leaking = [form for form in given.forms if not hidden(form, before)]
    for person in sorted({form.person for form in given.forms}):
        confirm_first(home, world, transcript, [form for form in given.forms if form.person == person])
    waiting = [span for span in making.findings(home, transcript.id) if span.decision is Decision.UNDECIDED]
    assert not [form for form in given.forms if not hidden(form, before)]
    assert not [form.written for form in given.forms for span in waiting if overlaps(form, span)]
    settle_the_rest(home, world, transcript, waiting)
    released = making.release(home, transcript, world.pi, world.coder)
    with home.data.transaction() as db:
        span = Span(0, sum(len(turn.body) + 1 for turn in making.text_of(home, released)) - 1)
        wanted = NewCoding(CodingId(new_id()), TranscriptId(released.id), 1, span, codes["WATER"])
        coding.add_coding(db, world.coder, wanted)
    for place, content in what_leaves(home, world, browser, worker, released).items():
        plain = shadow_of(content).text.casefold()
        assert not [form for form in given.forms if shadow_of(form.written).text.casefold() in plain], place
    assert not [form for form in given.forms if is_found(world, browser, form)]
    with capsys.disabled():
        share = len(leaking) / len(given.forms)
        people = len({form.person for form in given.forms})
        print(  # noqa: T201  # what this run is read for
            f"\n{language}: {people} confirmations for {len(given.forms)} planted forms; before review"
            f" {len(leaking)} would have leaked ({share:.0%}), after it 0"
        )


def overlaps(form: Form, span: PiiSpan) -> bool:
    return span.start < form.end and form.start < span.end


def hidden(form: Form, spans: Sequence[PiiSpan]) -> bool:
    """Whether each letter of the form lies in a finding."""
    covered = {at for span in spans for at in range(span.start, span.end)}
    return covered.issuperset(range(form.start, form.end))


def confirm_first(home: Home, world: World, transcript: Transcript, forms: Sequence[Form]) -> None:
    """Accept the person behind the first form, wherever it is named."""
    spans = [span for span in making.findings(home, transcript.id) if span.label is Label.PERSON]
    first = next(span for span in spans if overlaps(forms[0], span))
    with home.data.transaction() as db:
        found = reviewing.reach_review(db, world.pi, transcript.id)
        reviewing.decide(db, found, first.id, Decision.ACCEPT, for_entity=True)


def settle_the_rest(home: Home, world: World, transcript: Transcript, waiting: Sequence[PiiSpan]) -> None:
    """What names nobody planted here stays as it is, with a reason."""
    for span in waiting:
        with home.data.transaction() as db:
            found = reviewing.reach_review(db, world.pi, transcript.id)
            reviewing.decide(db, found, span.id, Decision.KEEP, reason=REASON)


def what_leaves(home: Home, world: World, browser: Browser, worker: Worker, transcript: Transcript) -> dict[str, str]:
    """Every page, answer and file that is made of the released text, by what it is."""
    return {
        "coding page": browser.as_(world.coder).get(f"/transcripts/{transcript.id}").text,
        "text by script": script_of(home, world, world.coder).get(f"/transcripts/{transcript.id}").text,
        "matrix": browser.as_(world.pi).get(f"/studies/{world.study.slug}/matrix").text,
        "csv": exported(home, world, worker, ExportFormat.CSV).decode(),
        "dta": exported(home, world, worker, ExportFormat.DTA).decode("utf-8", "replace"),
        "xlsx": str(sheets(exported(home, world, worker, ExportFormat.XLSX))),
    }


def exported(home: Home, world: World, worker: Worker, form: ExportFormat) -> bytes:
    with home.data.transaction() as db:
        access = access_of(db, world.study, world.pi)
        export = exports.ask_export(db, access, form, ExportSpec(Question(), "long", "en")).id
    worker()
    with home.data.read() as db:
        return exports.open_file(db, world.pi, export).content


def sheets(raw: bytes) -> list[object]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def is_found(world: World, browser: Browser, form: Form) -> bool:
    """Whether the search shows the coder a passage for this form."""
    page = browser.as_(world.coder).post(f"/studies/{world.study.slug}/search", data={"words": form.written})
    assert page.status_code == 200
    return "<blockquote" in page.text
