"""The text layer of a PDF to turns. A PDF knows lines, no paragraphs: those are guessed from the lines' lengths."""

from __future__ import annotations

import io
import logging
from collections import Counter
from collections.abc import Iterator, Sequence

import regex
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from qualcoder.core.archives import damaged, locked
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.transcripts.parsing.cleaning import normalise
from qualcoder.transcripts.parsing.parsed import Notice, Parsed
from qualcoder.transcripts.parsing.turns import Line, Source, ends_sentence, turns_from_lines

MAX_PAGES = 2_000

# A line that leaves less room than this share of the page's text width would not have been ended by its writer.
_FULL_SHARE = 0.985
_NEARLY_FULL_SHARE = 0.9
# … and after this share, words in small letters go on a sentence.
_HALF_FULL_SHARE = 0.5
_EDGE_PAGES = 3
_SHORTEST_COUNT = 4
_DIGITS = regex.compile(r"\d+")
_NARROW, _WIDE = frozenset("iIjlftr.,:;'’‘!|()[]-  "), frozenset("mwMWЖШЩЮЫФжшщюыфмМ—…@%")


# What stands before words that begin on the line of their label: the blank between them.
_AFTER_LABEL = 5.0


def parse(raw: bytes) -> Parsed:
    """Turns of a PDF's text; pictures of pages and locked files are refused."""
    pages = [_without_margin(_lines(text)) for text in _texts(raw)]
    lines = _without_edges(pages)
    if not any(line.strip() for line in lines):
        raise Invalid(
            N_("This PDF holds pictures of pages and no text. Have its text recognised first, then upload that."),
            status=415,
        )
    return turns_from_lines(_joined(lines), Source("pdf", (Notice.PAGES,)))


def _texts(raw: bytes) -> list[str]:
    logging.disable(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(raw), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise locked()
        if len(reader.pages) > MAX_PAGES:
            raise Invalid(N_("The PDF has more than %(limit)s pages. Split it and upload the parts."), limit=MAX_PAGES)
        return [page.extract_text() for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, ArithmeticError):
        raise damaged() from None
    except (NotImplementedError, AssertionError, RecursionError):
        raise damaged() from None
    finally:
        logging.disable(logging.NOTSET)


def _lines(text: str) -> list[str]:
    """Lines with the blank they begin with, which tells that they stand beside something."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return [line.rstrip(" \xa0") for line in normalise(whole).split("\n")]


def _without_margin(lines: Sequence[str]) -> list[str]:
    """Lines without those that count 1, 2, 3 …: numbers of lines or paragraphs in the margin."""
    kept: list[str] = []
    run: list[str] = []
    for line in [*lines, ""]:
        number = line.strip()
        is_next = number.isdecimal() and len(number) <= 5 and (not run or int(number) == int(run[-1]) + 1)
        if is_next:
            run.append(number)
            continue
        kept += run if len(run) < _SHORTEST_COUNT else []
        run = []
        if number.isdecimal() and len(number) <= 5:
            run.append(number)
        else:
            kept.append(line)
    return kept[:-1]


def _without_edges(pages: Sequence[Sequence[str]]) -> list[str]:
    """The lines of all pages without first and last lines that stand, but for numbers, on most of them."""
    trimmed = [_trimmed(page) for page in pages]
    filled = [page for page in trimmed if page]
    edges: Counter[str] = Counter()
    for page in filled:
        edges.update({_DIGITS.sub("#", page[0]), _DIGITS.sub("#", page[-1])})
    fewest = max(_EDGE_PAGES, len(filled) // 2 + 1)
    repeated = {edge for edge, count in edges.items() if count >= fewest}
    lines: list[str] = []
    for page in filled:
        is_edge = [at in (0, len(page) - 1) and _DIGITS.sub("#", line) in repeated for at, line in enumerate(page)]
        lines += _trimmed([line for line, dropped in zip(page, is_edge, strict=True) if not dropped])
    return lines


def _trimmed(page: Sequence[str]) -> list[str]:
    filled = [at for at, line in enumerate(page) if line]
    return list(page[filled[0] : filled[-1] + 1]) if filled else []


def _joined(lines: Sequence[str]) -> Iterator[Line]:
    """Lines that go on where the one before was full. A label and the words after it share a line on paper."""
    widths = _widths_on_paper(lines)
    filled = sorted(_width(line.strip()) for line in lines if line.strip())
    full = filled[int(len(filled) * 0.98)] * _FULL_SHARE if filled else 0.0
    room_taken, before = 0.0, ""
    for line, width in zip(lines, widths, strict=True):
        if line:
            first_word = line.lstrip().split(" ", 1)[0]
            is_full = room_taken + _width(f" {first_word}") > full
            share = _HALF_FULL_SHARE if first_word[:1].islower() else _NEARLY_FULL_SHARE
            is_open = room_taken > full * share and not ends_sentence(before)
            yield Line(line, continues=room_taken > 0 and (is_full or is_open))
        room_taken, before = width, line


def _widths_on_paper(lines: Sequence[str]) -> list[float]:
    widths: list[float] = []
    before = ""
    for line in lines:
        is_beside_label = line.startswith(" ") and before.endswith(":")
        widths.append(_width(line.strip()) + (_width(before) + _AFTER_LABEL if is_beside_label else 0.0))
        before = line.strip()
    return widths


def _width(text: str) -> float:
    """Roughly how wide a line is in a usual typeface, in widths of a usual letter."""
    return sum(0.5 if c in _NARROW else 1.5 if c in _WIDE else 1.2 if c.isupper() else 1.0 for c in text)
