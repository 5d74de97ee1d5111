"""Files made to break a reader, by name. None is larger than a few hundred kilobytes as it is stored."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from tests.transcripts.parsing import documents

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
_OUTSIDE = '<!ENTITY x SYSTEM "file:///etc/passwd">'
DEEP = 100_000


def _word(declared: str, text: str) -> bytes:
    body = f"<w:document {_W}><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
    return documents.zipped({"word/document.xml": f"<?xml version='1.0'?><!DOCTYPE d [{declared}]>{body}"})


def word_bomb() -> bytes:
    """300 MB of one letter in 300 kB."""
    return _bomb("word/document.xml")


def open_document_bomb() -> bytes:
    return _bomb("content.xml", mimetype="application/vnd.oasis.opendocument.text")


def workbook_bomb() -> bytes:
    return _bomb("xl/worksheets/sheet1.xml")


def _bomb(name: str, *, mimetype: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
            member._compressor = zlib.compressobj(9, zlib.DEFLATED, -15)  # type: ignore[attr-defined]  # packs the part
            member._zinfo.compress_type = zipfile.ZIP_DEFLATED  # type: ignore[attr-defined]  # and says so
            for _ in range(300):
                member.write(b"A" * (1 << 20))
    return packed.getvalue()


def many_small_bombs() -> bytes:
    """Each part within its own limits, all of them not."""
    part = b"A" * (1 << 20)
    return documents.zipped({"word/document.xml": "", **{f"word/{n}.xml": part for n in range(300)}})


def lying_sizes() -> bytes:
    """The directory promises ten bytes; five million are packed."""
    honest = documents.zipped({"word/document.xml": b"A" * 5_000_000})
    return honest.replace(struct.pack("<L", 5_000_000), struct.pack("<L", 10))


def entity_outside() -> bytes:
    return _word(_OUTSIDE, "&x;")


def entity_laughs() -> bytes:
    return _word(_LAUGHS, "&l9;")


def workbook_entity_outside() -> bytes:
    """The text of the only cell is an entity."""
    return _in_workbook("<!DOCTYPE d [" + _OUTSIDE + "]>", "&x;")


def workbook_laughs() -> bytes:
    return _in_workbook("<!DOCTYPE d [" + _LAUGHS + "]>", "&l9;")


def _in_workbook(declared: str, text: str) -> bytes:
    raw = documents.workbook([("speaker", "text"), ("Q", "PLACE")])
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    text_of_sheet = sheet.decode() if isinstance(sheet, bytes) else sheet
    members["xl/worksheets/sheet1.xml"] = f"<?xml version='1.0'?>{declared}{text_of_sheet}".replace("PLACE", text)
    return documents.zipped(members)


def deep_word() -> bytes:
    return documents.document_xml("<w:x>" * DEEP + "</w:x>" * DEEP)


def deep_open_document() -> bytes:
    return documents.content_xml("<text:span>" * DEEP)


def deep_workbook() -> bytes:
    return _in_workbook("", "<x>" * DEEP)


def deep_rich_text() -> bytes:
    return b"{\\rtf1" + b"{" * DEEP + b"x" + b"}" * DEEP + b"}"


def deep_web_page() -> bytes:
    return b"<html>" + b"<div>" * DEEP + b"x" + b"<table><tr><td>" * DEEP


def deep_pdf() -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n" + b"[" * DEEP + b"]" * DEEP + b"\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF"
    )


def pdf_bomb() -> bytes:
    """A stream that unpacks to 600 MB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"(a) Tj " * 150_000) for _ in range(600)) + packer.flush()
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] "
    head += (
        b"/Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj\n"
    )
    head += b"4 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed)
    return head + packed + b"\nendstream\nendobj\ntrailer << /Root 1 0 R /Size 5 >>\nstartxref\n9\n%%EOF"


def endless_pdf() -> bytes:
    """Pages whose list of pages is themselves."""
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [2 0 R 2 0 R] "
        b"/Count 9 >>\nendobj\ntrailer << /Root 1 0 R /Size 3 >>\nstartxref\n9\n%%EOF"
    )


def locked_office() -> bytes:
    """How Word and Excel write a document with a password: an old container around it."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500


def locked_open_document() -> bytes:
    manifest = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    return documents.zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": b"\x8f\x02" * 50,
            "META-INF/manifest.xml": manifest,
        },
        zipfile.ZIP_STORED,
    )


def locked_zip() -> bytes:
    """Parts that say they are encrypted."""
    raw = bytearray(documents.document_xml("<w:p/>"))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + place] |= 1
    return bytes(raw)


def path_upwards() -> bytes:
    return documents.zipped({"word/document.xml": "<x/>", "word/../../../tmp/leak": "x"})


def path_from_root() -> bytes:
    return documents.zipped({"word/document.xml": "<x/>", "/etc/leak": "x"})


def path_with_drive() -> bytes:
    return documents.zipped({"word/document.xml": "<x/>", "C:\\leak": "x"})


def path_link() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("word/document.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return packed.getvalue()


def name_twice() -> bytes:
    raw = documents.zipped({"word/document.xml": "<x/>", "word/document.xmm": "<x/>"}, zipfile.ZIP_STORED)
    return raw.replace(b"document.xmm", b"document.xml")


def too_many_parts() -> bytes:
    return documents.zipped({"word/document.xml": "<x/>", **{f"word/{n}": "" for n in range(2_001)}})


def nested_zip() -> bytes:
    inner = documents.zipped({"a": "b"})
    return documents.zipped({"word/document.xml": "<x/>", "word/embeddings/inner.docx": inner}, zipfile.ZIP_STORED)


def half_a_document() -> bytes:
    raw = documents.as_docx(documents.TALKS["ru"])
    return raw[: len(raw) // 2]


def wrong_checksum() -> bytes:
    raw = bytearray(documents.zipped({"word/document.xml": "<x>letters</x>"}, zipfile.ZIP_STORED))
    raw[raw.index(b"letters")] ^= 1
    return bytes(raw)


def mixed_encodings() -> bytes:
    return "Интервьюер: Кто?\n".encode() + "Респондент: Выдуманов пришёл\n".encode("cp1251")


def mixed_encodings_in_a_table() -> bytes:
    return "speaker,text\nQ,Кто пришёл в Примерное?\n".encode() + "A,Выдуманов\n".encode("utf-16-le")


def workbook_of_a_million_columns() -> bytes:
    """A cell at the far end of a sheet makes a table of 17 billion cells."""
    raw = documents.workbook([("speaker", "text"), ("Q", "x")])
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    sheet = archive_text(members["xl/worksheets/sheet1.xml"])
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    members["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", far)
    return documents.zipped(members)


def archive_text(content: str | bytes) -> str:
    return content.decode() if isinstance(content, bytes) else content


# Every one must be refused; the status tells of what kind the refusal is.
REFUSED: Mapping[str, tuple[str, Callable[[], bytes], frozenset[int]]] = {
    maker.__name__: (name, maker, frozenset(statuses))
    for name, maker, statuses in (
        ("x.docx", word_bomb, {413}),
        ("x.odt", open_document_bomb, {413}),
        ("x.xlsx", workbook_bomb, {413}),
        ("x.docx", many_small_bombs, {413}),
        ("x.docx", lying_sizes, {413, 415}),
        ("x.docx", entity_outside, {415}),
        ("x.docx", entity_laughs, {415}),
        ("x.docx", deep_word, {413, 415}),
        ("x.odt", deep_open_document, {413, 415}),
        ("x.pdf", deep_pdf, {413, 415}),
        ("x.pdf", pdf_bomb, {413, 415}),
        ("x.pdf", endless_pdf, {413, 415}),
        ("x.docx", locked_office, {415}),
        ("x.odt", locked_open_document, {415}),
        ("x.docx", locked_zip, {415}),
        ("x.docx", path_upwards, {415}),
        ("x.docx", path_from_root, {415}),
        ("x.docx", path_with_drive, {415}),
        ("x.docx", path_link, {415}),
        ("x.docx", name_twice, {415}),
        ("x.docx", too_many_parts, {413}),
        ("x.docx", nested_zip, {415}),
        ("x.docx", half_a_document, {415}),
        ("x.docx", wrong_checksum, {415}),
        ("x.txt", mixed_encodings, {415}),
        ("x.csv", mixed_encodings_in_a_table, {415}),
        ("x.xlsx", workbook_of_a_million_columns, {413}),
    )
}

# These hold something to read besides the trap; what comes out must be small and hold nothing from outside.
HARMLESS: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    maker.__name__: (name, maker)
    for name, maker in (
        ("x.xlsx", workbook_entity_outside),
        ("x.xlsx", workbook_laughs),
        ("x.xlsx", deep_workbook),
        ("x.rtf", deep_rich_text),
        ("x.html", deep_web_page),
    )
}
