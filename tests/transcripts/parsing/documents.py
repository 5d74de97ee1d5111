"""Invented interviews written in every format, by other programs than the ones that read them where there are any."""

from __future__ import annotations

import csv
import html
import io
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

import docx
from odfdo import Document, Paragraph

Turn = tuple[str, str]
Talk = Sequence[Turn]

TALKS: Mapping[str, Talk] = {
    "ru": (
        ("Интервьюер", "Кто победил на выборах в Примерном?"),
        ("Респондент", "Выдуманов. Его знали все — «свой» человек, 47 лет."),
        ("Интервьюер", "А воду провели?"),
        ("Респондент", "Провели… Но не сразу, и не всем: дорога & мост важнее."),
    ),
    "kk": (
        ("Сұхбаткер", "Мысалауылда кім жеңді?"),
        ("Жауап беруші", "Ойдантап жеңді. Оны бәрі біледі, әкімнің өзі «жақсы» дейді."),
        ("Сұхбаткер", "Су келді ме?"),
        ("Жауап беруші", "Келді, бірақ көп ұзамай үзілді — қыс қатты болды."),
    ),
    "en": (
        ("Interviewer", "Who won the race in Sampleville?"),
        ("Respondent", "Oydantap did, with 51% of the votes, I'd say."),
        ("Interviewer", "And the water?"),
        ("Respondent", "It came. Not at once, and not for all <of us>."),
    ),
}


def _labelled(talk: Talk) -> list[str]:
    return [f"{speaker}: {words}" for speaker, words in talk]


def as_text(talk: Talk) -> bytes:
    return "\r\n\r\n".join(_labelled(talk)).encode()


def as_docx(talk: Talk) -> bytes:
    """Written by python-docx; the speakers in bold, so that a line is more than one run."""
    document = docx.Document()
    document.core_properties.author = "Автор Свойствов"
    document.sections[0].header.paragraphs[0].text = "Колонтитул: секрет"
    for speaker, words in talk:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{speaker}:").bold = True
        paragraph.add_run(f" {words}")
    return _saved(document.save)


def as_docx_table(talk: Talk) -> bytes:
    document = docx.Document()
    table = document.add_table(rows=0, cols=2)
    for speaker, words in talk:
        row = table.add_row()
        row.cells[0].text, row.cells[1].text = speaker, words
    return _saved(document.save)


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    packed = io.BytesIO()
    save(packed)
    return packed.getvalue()


def as_odt(talk: Talk) -> bytes:
    """Written by odfdo."""
    document = Document("text")
    document.body.clear()
    for line in _labelled(talk):
        document.body.append(Paragraph(line))
    return _saved(document.save)


def as_rtf(talk: Talk) -> bytes:
    """Russian in the code page of its font, other letters as numbers, as word processors write them."""
    lines = "".join(f"{_rtf(line)}\\par\r\n" for line in _labelled(talk))
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset204 Invented;}}{\info{\author Автор}}\f0\uc1 "
    return (head.replace("Автор", "Avtor") + lines + "}").encode("ascii")


def _rtf(text: str) -> str:
    return "".join(_rtf_character(character) for character in text)


def _rtf_character(character: str) -> str:
    if character in "\\{}":
        return f"\\{character}"
    if ord(character) < 128:
        return character
    try:
        return f"\\'{character.encode('cp1251').hex()}"
    except UnicodeEncodeError:
        return f"\\u{ord(character)}?"


def as_markdown(talk: Talk) -> bytes:
    marks = str.maketrans({"<": "\\<", ">": "\\>", "&": "&amp;"})
    return "\n\n".join(f"**{speaker}:** {words.translate(marks)}" for speaker, words in talk).encode()


def as_html(talk: Talk) -> bytes:
    lines = "\n".join(
        f"<p><b>{speaker}:</b>\n   {html.escape(words).replace(' ', chr(10), 1)}</p>" for speaker, words in talk
    )
    head = (
        "<!DOCTYPE html><html><head><title>Секрет</title><style>p{color:red}</style><script>var a = '<p>x</p>'</script>"
    )
    return f"{head}</head><body><!-- тайна -->{lines}</body></html>".encode()


def as_csv(talk: Talk, header: Sequence[str] = ("time", "speaker", "text")) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";")
    writer.writerow(header)
    writer.writerows((f"00:0{at}:00", speaker, words) for at, (speaker, words) in enumerate(talk))
    return written.getvalue().encode("utf-8-sig")


def as_srt(talk: Talk) -> bytes:
    """Two cues for each turn, cut in the middle of a sentence."""
    lines = []
    for at, (speaker, words) in enumerate(talk):
        first, second = _halves(words)
        for n, cue in ((2 * at, f"{speaker}: {first}"), (2 * at + 1, second)):
            lines.append(f"{n + 1}\r\n00:00:{n:02},000 --> 00:00:{n + 1:02},500\r\n{cue}\r\n")
    return "\r\n".join(lines).encode("utf-8-sig")


def as_vtt(talk: Talk) -> bytes:
    cues = ["WEBVTT", "NOTE тайная заметка\nи ещё одна"]
    for at, (speaker, words) in enumerate(talk):
        first, second = (html.escape(half, quote=False) for half in _halves(words))
        cues += [
            f"name-{at}\n00:{2 * at:02}.000 --> 00:{2 * at + 1:02}.000 align:left\n<v {speaker}>{first}</v>",
            f"00:{2 * at + 1:02}.000 --> 00:{2 * at + 2:02}.000\n<v {speaker}><i>{second}</i></v>",
        ]
    return "\n\n".join(cues).encode()


def _halves(words: str) -> tuple[str, str]:
    middle = words.index(" ", len(words) // 3)
    return words[:middle], words[middle + 1 :]


# Workbooks and PDF by hand: no writer of either is among what the project needs. -------------------------------------

_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def as_xlsx(talk: Talk, header: Sequence[str] = ("Время", "Спикер", "Текст")) -> bytes:
    return workbook([header, *((f"00:0{at}", speaker, words) for at, (speaker, words) in enumerate(talk))])


def workbook(rows: Sequence[Sequence[str | float]]) -> bytes:
    """An Excel file with one sheet. A text that begins with = becomes a formula that showed `(shown)`."""
    lines = []
    for n, row in enumerate(rows, start=1):
        cells = "".join(_cell(f"{chr(65 + at)}{n}", value) for at, value in enumerate(row))
        lines.append(f'<row r="{n}">{cells}</row>')
    sheet = f'<worksheet xmlns="{_SHEET}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relation = f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_RELATIONS}'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
            "_rels/.rels": f'{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_RELATIONS}"><sheets>'
            '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def _cell(place: str, value: str | float) -> str:
    if not isinstance(value, str):
        return f'<c r="{place}"><v>{value}</v></c>'
    if value.startswith("="):
        return f'<c r="{place}" t="str"><f>{escape(value[1:])}</f><v>(shown)</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def zipped(members: Mapping[str, str | bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=packing)
    return packed.getvalue()


def document_xml(body: str) -> bytes:
    """A Word file with this body, `w:` being Word's own names."""
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return zipped({"word/document.xml": f"<w:document {names}><w:body>{body}</w:body></w:document>"})


def content_xml(body: str) -> bytes:
    """An OpenDocument text with this body, under the usual names."""
    spaces = {"office": "office", "text": "text", "table": "table", "draw": "drawing"}
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in spaces.items()
    )
    root = "office:document-content"
    content = f"<{root} {names}><office:body><office:text>{body}</office:text></office:body></{root}>"
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}, zipfile.ZIP_STORED)


def as_pdf(talk: Talk, *, width: int = 60) -> bytes:
    """A PDF of lines broken at `width` characters, with a page number that is not text of anybody."""
    lines: list[str] = []
    for line in _labelled(talk):
        words = ""
        for word in line.split(" "):
            if words and len(words) + 1 + len(word) > width:
                lines.append(words)
                words = word
            else:
                words = f"{words} {word}".lstrip()
        lines.append(words)
    return pdf_of([lines])


def pdf_of(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF with these lines. Each character is a glyph of its own number, named by a ToUnicode table."""
    letters = sorted({character for page in pages for line in page for character in line})
    glyphs = {character: f"{at:04x}" for at, character in enumerate(letters, start=1)}
    table = "".join(f"<{glyph}> <{c.encode('utf-16-be').hex()}>\n" for c, glyph in glyphs.items())
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n1 begincodespacerange <0000> <ffff> "
        f"endcodespacerange\n{len(glyphs)} beginbfchar\n{table}endbfchar\nendcmap end end"
    )
    kids = " ".join(f"{6 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /Invented /Encoding /Identity-H /DescendantFonts [4 0 R] "
        "/ToUnicode 5 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Invented /DW 500 >>",
        _stream(to_unicode.encode()),
    ]
    for at, page in enumerate(pages):
        drawn = "".join(f"<{''.join(glyphs[c] for c in line)}> Tj 0 -14 Td\n" for line in page)
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {7 + 2 * at} 0 R >>"
        )
        objects.append(_stream(f"BT /F1 11 Tf 50 790 Td\n{drawn}ET".encode()))
    return _numbered(objects)


def _stream(content: bytes) -> str:
    packed = zlib.compress(content)
    return f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n{packed.decode('latin-1')}\nendstream"


def _numbered(objects: Sequence[str]) -> bytes:
    written = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return written + f"{end}startxref\n{len(written)}\n%%EOF".encode()


WRITERS: Mapping[str, Callable[[Talk], bytes]] = {
    "talk.txt": as_text,
    "talk.docx": as_docx,
    "table.docx": as_docx_table,
    "talk.odt": as_odt,
    "talk.rtf": as_rtf,
    "talk.pdf": as_pdf,
    "talk.md": as_markdown,
    "talk.html": as_html,
    "talk.csv": as_csv,
    "talk.xlsx": as_xlsx,
    "talk.srt": as_srt,
    "talk.vtt": as_vtt,
}
