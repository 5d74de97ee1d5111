"""The same interview gives the same turns, whatever file it comes in."""

from __future__ import annotations

import pytest

from qualcoder.core.errors import Invalid
from qualcoder.transcripts.parsing import Format, Notice, format_of, parse
from qualcoder.transcripts.parsing.reading import read
from tests.transcripts.parsing import documents
from tests.transcripts.parsing.documents import TALKS, WRITERS

Turns = list[tuple[str | None, str]]


def turns_of(file_name: str, raw: bytes) -> Turns:
    """What the reader of this format gives, in this process."""
    return [(turn.speaker, turn.body) for turn in read(format_of(file_name, raw), raw).turns]


@pytest.mark.parametrize("language", TALKS)
@pytest.mark.parametrize("file_name", WRITERS)
def test_an_interview_gives_the_same_turns_in_every_format(file_name: str, language: str) -> None:
    talk = TALKS[language]
    assert turns_of(file_name, WRITERS[file_name](talk)) == list(talk)


@pytest.mark.parametrize("file_name", WRITERS)
def test_a_child_process_reads_the_same(file_name: str) -> None:
    raw = WRITERS[file_name](TALKS["kk"])
    assert parse(file_name, raw) == read(format_of(file_name, raw), raw)


@pytest.mark.parametrize(
    "name", ["talk.docx", "talk.odt", "talk.rtf", "talk.pdf", "talk.html", "talk.xlsx", "talk.vtt"]
)
def test_the_content_counts_and_not_the_name(name: str) -> None:
    raw = WRITERS[name](TALKS["ru"])
    assert format_of("lie.txt", raw) is format_of(name, raw) is not Format.PLAIN


@pytest.mark.parametrize("name", ["talk.docx", "talk.html", "talk.vtt", "talk.rtf"])
def test_what_lies_beside_the_text_is_left_out(name: str) -> None:
    text = parse(name, WRITERS[name](TALKS["ru"])).text
    assert not any(word in text for word in ("Свойствов", "Колонтитул", "Секрет", "тайна", "тайная", "Avtor", "color"))


W_INSERTED = (
    "<w:p><w:r><w:t>Respondent: They </w:t></w:r><w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
    "<w:ins><w:r><w:t>always </w:t></w:r></w:ins><w:moveFrom><w:r><w:t>gone </w:t></w:r></w:moveFrom>"
    "<w:r><w:t>come.</w:t><w:tab/><w:t>Yes</w:t><w:br/><w:t>and no.</w:t></w:r></w:p>"
)


def test_word_insertions_are_kept_deletions_left_out_and_a_notice_says_so() -> None:
    raw = documents.document_xml(W_INSERTED)
    assert turns_of("x.docx", raw) == [("Respondent", "They always come. Yes"), ("Respondent", "and no.")]
    assert read(Format.DOCX, raw).notices == (Notice.CHANGES,)


def test_a_deleted_end_of_a_paragraph_joins_it_with_the_next() -> None:
    body = (
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>One </w:t></w:r></w:p>"
        "<w:p><w:r><w:t>turn.</w:t></w:r></w:p><w:p><w:r><w:t>Another.</w:t></w:r></w:p>"
    )
    assert turns_of("x.docx", documents.document_xml(body)) == [(None, "One turn."), (None, "Another.")]


def test_comments_footnotes_and_second_copies_of_a_text_box_are_left_out() -> None:
    compatible = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>"
    body = (
        f"<w:p {compatible}><w:r><w:t>Outside.</w:t><w:commentReference/><w:footnoteReference/>"
        f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
        "</w:r></w:p>"
    )
    raw = documents.document_xml(body)
    assert turns_of("x.docx", raw) == [(None, "In a box."), (None, "Outside.")]
    assert read(Format.DOCX, raw).notices == (Notice.COMMENTS, Notice.FOOTNOTES)


def test_opendocument_blanks_deletions_and_comments() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:p>One<text:s text:c="2"/>two\n   three<text:tab/>four'
        "<text:note><text:p>note</text:p></text:note></text:p>"
        "<text:list><text:list-item><text:p>Five<office:annotation><text:p>secret</text:p></office:annotation>"
        "<text:line-break/>six</text:p></text:list-item></text:list>"
    )
    raw = documents.content_xml(body)
    assert turns_of("x.odt", raw) == [(None, "One two three four"), (None, "Five six")]
    assert read(Format.ODT, raw).notices == (Notice.CHANGES, Notice.COMMENTS, Notice.FOOTNOTES)


@pytest.mark.parametrize(
    ("rtf", "body"),
    [
        (rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}", "Привет"),
        (rb"{\rtf1\ansi\uc1 \u1178?\u1072?\u1083?\u1072?\u1081?}", "Қалай"),
        (rb"{\rtf1\ansi \u-10179?\u-8704?!}", "😀!"),
        (rb"{\rtf1\ansi kept{\deleted  gone} and kept{\*\annotation secret}}", "kept and kept"),
        ("{\\rtf1\\ansi Сырые буквы}".encode(), "Сырые буквы"),
        ("{\\rtf1\\ansi\\ansicpg1251 Сырые буквы}".encode("cp1251"), "Сырые буквы"),
        (rb"{\rtf1\ansi{\pict\bin4 {}{}}end}", "end"),
    ],
)
def test_rich_text_letters_and_what_is_left_out(rtf: bytes, body: str) -> None:
    assert turns_of("x.rtf", rtf) == [(None, body)]


def test_rich_text_says_that_it_had_changes_and_comments() -> None:
    raw = rb"{\rtf1\ansi kept{\deleted gone}{\revised new}{\*\annotation secret}{\footnote below}}"
    assert read(Format.RTF, raw).notices == (Notice.CHANGES, Notice.COMMENTS, Notice.FOOTNOTES)


@pytest.mark.parametrize(
    "header",
    [
        ("Время", "Спикер", "Текст"),
        ("Уақыты", "Сөйлеуші", "Мәтін"),
        ("timestamp", "SPEAKER", "words"),
        ("time_code", "Who:", "Transcript"),
    ],
)
def test_columns_are_found_by_their_names_in_three_languages(header: tuple[str, str, str]) -> None:
    talk = TALKS["kk"]
    assert turns_of("x.csv", documents.as_csv(talk, header)) == list(talk)
    assert turns_of("x.xlsx", documents.as_xlsx(talk, header)) == list(talk)


def test_a_table_without_a_column_of_texts_is_refused_and_says_what_to_do() -> None:
    for name, raw in [("x.csv", b"a,b\n1,2\n"), ("x.xlsx", documents.workbook([("a", "b"), (1.0, 2.0)]))]:
        with pytest.raises(Invalid, match="Name it text"):
            read(format_of(name, raw), raw)


def test_other_columns_are_left_out_with_a_notice() -> None:
    raw = b'speaker,text,mood\nQ:,Who?,\nA:,"Me&#8212;and\nyou",glad\n'
    assert turns_of("x.csv", raw) == [("Q", "Who?"), ("A", "Me—and"), ("A", "you")]
    assert read(Format.CSV, raw).notices == (Notice.COLUMNS,)


def test_formulas_give_what_they_showed_and_are_never_evaluated() -> None:
    raw = documents.workbook([("speaker", "text"), ("Q", "=1+1"), ("A", '=HYPERLINK("http://x.example")'), ("Q", 7.0)])
    assert turns_of("x.xlsx", raw) == [("Q", "(shown)"), ("A", "(shown)"), ("Q", "7")]
    assert turns_of("x.csv", b"speaker,text\nQ,=1+1\n") == [("Q", "=1+1")]


def test_tables_in_documents_know_their_header() -> None:
    page = b"<table><tr><th>No<th>Speaker<th>Text<tr><td>1<td>Aunt May<td>Yes.<tr><td>2<td>Uncle Bo<td>No.</table>"
    assert turns_of("x.html", b"<html>" + page) == [(None, "Aunt May: Yes."), (None, "Uncle Bo: No.")]


def test_cues_of_one_voice_grow_together_and_an_answer_with_a_dash_does_not() -> None:
    vtt = (
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ойлап>Бір.\n\n00:01.000 --> 00:02.000\nЕкі\n\n00:02.000 --> 00:03.000\n"
        "үш. <v Сарап>Төрт &amp; бес.\n"
    )
    assert turns_of("x.vtt", vtt.encode()) == [("Ойлап", "Бір. Екі үш."), ("Сарап", "Төрт & бес.")]
    srt = "1\n00:00:01,000 --> 00:00:02,000\n- Кто\nпришёл?\n- Никто.\n\n2\n00:00:02,000 --> 00:00:03,000\nДа\n3\n"
    srt += "00:00:03,000 --> 00:00:04,000\nнет.\n"
    assert turns_of("x.srt", srt.encode()) == [(None, "- Кто пришёл?"), (None, "- Никто."), (None, "Да нет.")]


def test_a_text_of_timed_lines_is_read_as_cues() -> None:
    text = "[00:01.000 --> 00:02.000]  And so\n[00:02.000 --> 00:03.000]  we went.\n[00:03.000 --> 00:04.000]  Home."
    assert turns_of("x.txt", text.encode()) == [(None, "And so we went."), (None, "Home.")]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("# Title\n\n**Q:** who\\_is *it*?\n\n> A: see [me](http://x.example)", ["Title", "who_is it?", "see me"]),
        ("---\ntitle: x\n---\n- one\n- two `code` 2*3*4 snake_case_name", ["one", "two code 2*3*4 snake_case_name"]),
        ("<!-- no\nno -->a<br>b &lt; c\n\n***\n\n```\nd\n```", ["ab < c", "d"]),
    ],
)
def test_markdown_marks_are_no_words(text: str, turns: list[str]) -> None:
    assert [body for _, body in turns_of("x.md", text.encode())] == turns


@pytest.mark.parametrize(
    ("page", "turns"),
    [
        ("<p>a<br>b<p>c", ["a b", "c"]),
        ("<div>a<div>b</div>c</div>d", ["a", "b", "c", "d"]),
        ("<pre>a\nb</pre><script>alert('<p>x')</script><style>p{}</style>e", ["a b", "e"]),
        ("<ul><li>a<li>b</ul><noscript>no</noscript>&nbsp;&mdash;", ["a", "b", "\xa0—"]),
    ],
)
def test_web_pages_read_as_a_browser_shows_them(page: str, turns: list[str]) -> None:
    assert [body for _, body in turns_of("x.html", page.encode())] == turns


def test_a_web_page_may_name_its_alphabet() -> None:
    page = '<html><head><meta charset="koi8-r"></head><body>Выдуманов пришёл</body></html>'
    assert turns_of("x", page.encode("koi8-r")) == [(None, "Выдуманов пришёл")]


def test_pdf_lines_grow_together_across_pages_without_running_heads() -> None:
    full = "Respondent: word word word word word word word word wo"
    pages = [["Head of page", full, "and on with word word word word word word word", f"{n}"] for n in range(1, 5)]
    turns = turns_of("x.pdf", documents.pdf_of([["Interviewer: Why?"], *pages]))
    assert turns[0] == ("Interviewer", "Why?")
    assert len(turns) == 5
    assert all("Head" not in body and body.endswith("word") for _, body in turns[1:])


def test_a_pdf_of_pictures_is_refused_plainly() -> None:
    with pytest.raises(Invalid, match="pictures of pages") as refusal:
        read(Format.PDF, documents.pdf_of([[]]))
    assert refusal.value.status == 415
