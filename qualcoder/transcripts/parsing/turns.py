"""Lines to turns: the one labelling that every format ends in, so that an interview gives the same turns in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import regex

from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_
from qualcoder.transcripts.languages import guess
from qualcoder.transcripts.parsing.cleaning import normalise
from qualcoder.transcripts.parsing.labels import Candidate, accepted_labels, break_before_labels, candidate_in
from qualcoder.transcripts.parsing.parsed import Notice, Parsed, ParsedTurn
from qualcoder.transcripts.parsing.times import TimedLine, starts_with_range, strip_times
from qualcoder.transcripts.sentences import bounds

MAX_TURN = 5_000
MAX_CHARACTERS = 20_000_000

# Cues of one speaker are joined up to here, and then on to the end of the sentence.
_COMFORTABLE = 1_000
_CUED_SHARE = 0.9
_FEWEST_CUES = 3
_BLANK_LINES = regex.compile(r"\n(?:[^\S\n]*\n)+")
_BLANKS = regex.compile(r" {2,}")
_GRAPHEME = regex.compile(r"\X")
_SENTENCE_END = regex.compile(r"[.!?…][\"»”’')\]]*\Z")
_AROUND_A_NAME = " \xa0:.[]()<>"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `speaker` is what the format says for certain, `continues` that it goes on from the line before.

    A label at the start of a line begins a turn all the same.
    """

    text: str = field(repr=False)
    speaker: str | None = field(default=None, repr=False)
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where lines came from: how they were encoded, what was left out, whether they are cues of a few words each."""

    encoding: str
    notices: tuple[Notice, ...] = ()
    is_cued: bool = False


def turns_from_text(text: str, source: Source) -> Parsed:
    """Turns of a text with line ends, cleaned.

    No body holds a line feed. So a continuation line or a further paragraph under a label becomes a turn of its own
    with the same speaker; without labels each paragraph is a turn, its lines joined by a space, and a block too long
    for that gives its lines. Lines that nearly all begin with the time of a cue are read as cues.
    """
    _refuse_long(len(text))
    text = normalise(text)
    lines = _broken_where_needed(text)
    if _are_cues(lines):
        return turns_from_lines(
            cue_lines([(None, line)] for line in lines if line.strip()), replace(source, is_cued=True)
        )
    timed = [strip_times(line) for line in lines]
    labels, has_labels = _labels_in(timed)
    if has_labels:
        return _finished(_spoken([Line(line.text) for line in timed], labels, source), source, had_speakers=True)
    plain = "\n".join(line.text for line in timed)
    return _finished((ParsedTurn(None, body) for body in _paragraphs(plain)), source, had_speakers=False)


def turns_from_lines(lines: Iterable[Line], source: Source) -> Parsed:
    """Turns of lines whose format knows more than a text does: who speaks, or which lines belong together."""
    clean = list(_clean(lines))
    timed = [strip_times(line.text) for line in clean]
    bare = [replace(line, text=stripped.text) for line, stripped in zip(clean, timed, strict=True)]
    if any(line.speaker for line in bare):
        named = [Candidate.named(line.speaker, line.text) if line.speaker else None for line in bare]
        return _finished(_spoken(bare, named, source), source, had_speakers=True)
    labels, has_labels = _labels_in(timed)
    return _finished(_spoken(bare, labels, source), source, had_speakers=has_labels)


def cue_lines(cues: Iterable[Sequence[tuple[str | None, str]]]) -> Iterator[Line]:
    """Lines of cues, each cue a few (speaker, line) pairs; a sentence that goes on in the next line continues it.

    A line that starts with a dash is somebody else's answer within the cue.
    """
    is_open = False
    for cue in cues:
        for speaker, text in cue:
            bare = strip_times(normalise(text)).text
            if bare:
                yield Line(text, speaker, continues=is_open and not bare.startswith(("-", "–", "—")))
                is_open = not ends_sentence(bare)


def ends_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return _SENTENCE_END.search(text) is not None


def is_label(text: str) -> bool:
    """Whether a text alone, say in a cell of a table, looks like the name of a speaker."""
    found = candidate_in(TimedLine(f"{name_in(text)}: x", None, None))
    return found is not None and found.body == "x"


def name_in(text: str) -> str:
    """A speaker's name without the brackets and the colon around it."""
    return " ".join(normalise(text).split()).strip(_AROUND_A_NAME)


def _refuse_long(characters: int) -> None:
    if characters > MAX_CHARACTERS:
        raise Invalid(
            N_("The text is longer than %(limit)s million characters. Split it and upload the parts."),
            status=413,
            limit=MAX_CHARACTERS // 1_000_000,
        )


def _clean(lines: Iterable[Line]) -> Iterator[Line]:
    characters = 0
    for line in lines:
        characters += len(line.text)
        _refuse_long(characters)
        speaker = name_in(line.speaker) if line.speaker else None
        first, *others = normalise(line.text).split("\n")
        yield Line(first, speaker or None, line.continues)
        yield from (Line(other, None) for other in others)


def _are_cues(lines: Sequence[str]) -> bool:
    filled = [line for line in lines if line.strip()]
    return len(filled) >= _FEWEST_CUES and sum(map(starts_with_range, filled)) >= _CUED_SHARE * len(filled)


def _broken_where_needed(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        lines += break_before_labels(line).split("\n") if len(line) > MAX_TURN else [line]
    return lines


def _labels_in(lines: Sequence[TimedLine]) -> tuple[list[Candidate | None], bool]:
    candidates = [candidate_in(line) for line in lines]
    accepted = accepted_labels([c for c in candidates if c])
    return [c if c and (c.key, c.form) in accepted else None for c in candidates], bool(accepted)


@dataclass(slots=True)
class _OpenTurn:
    """A turn that may still grow."""

    speaker: str | None
    pieces: list[str]
    length: int

    def takes(self, line: Line, speaker: str | None, *, is_labelled: bool, is_cued: bool) -> bool:
        if speaker != self.speaker:
            return False
        if is_cued and speaker is not None:
            return self.length < _COMFORTABLE or not ends_sentence(self.pieces[-1])
        return line.continues and not is_labelled

    def add(self, body: str) -> None:
        self.pieces.append(body)
        self.length += len(body) + 1

    def closed(self) -> ParsedTurn:
        return ParsedTurn(self.speaker, _joined(self.pieces))


def _spoken(lines: Sequence[Line], labels: Sequence[Candidate | None], source: Source) -> Iterator[ParsedTurn]:
    speaker: str | None = None
    spelled: dict[str, str] = {}
    turn: _OpenTurn | None = None
    for line, label in zip(lines, labels, strict=True):
        text = line.text
        if label:
            speaker, text = spelled.setdefault(label.key, label.label), label.body
        if not (body := _visible(text)):
            continue
        if turn and turn.takes(line, speaker, is_labelled=label is not None, is_cued=source.is_cued):
            turn.add(body)
            continue
        if turn:
            yield turn.closed()
        turn = _OpenTurn(speaker, [body], len(body))
    if turn:
        yield turn.closed()


def _joined(pieces: Sequence[str]) -> str:
    """One body; a word cut by a hyphen at the end of a line grows together, keeping the hyphen that it may need."""
    text = [pieces[0]]
    for left, right in pairwise(pieces):
        is_cut = left[-1] in "-‐" and left[-2:-1].isalpha() and right[0].islower()
        text.append(right if is_cut else f" {right}")
    return "".join(text)


def _finished(turns: Iterable[ParsedTurn], source: Source, *, had_speakers: bool) -> Parsed:
    short = tuple(piece for turn in turns for piece in _cut(turn))
    if not short:
        raise Invalid(N_("There is no text in this file. Choose the file again."))
    return Parsed(short, source.encoding, had_speakers, tuple(dict.fromkeys(source.notices)))


def _paragraphs(text: str) -> Iterator[str]:
    for block in _BLANK_LINES.split(text) if _BLANK_LINES.search(text.strip()) else text.split("\n"):
        bodies = [body for line in block.split("\n") if (body := _visible(line))]
        joined = " ".join(bodies)
        if len(joined) > MAX_TURN:
            yield from bodies
        elif joined:
            yield joined


def _visible(body: str) -> str:
    """The words of a body; one blank between them, as not every format can keep two."""
    return _BLANKS.sub(" ", body.strip(" ")) if body.strip() else ""


def _cut(turn: ParsedTurn) -> Iterator[ParsedTurn]:
    """The turn, or its pieces of at most MAX_TURN code points; every word stays, in order."""
    body = turn.body
    if len(body) <= MAX_TURN:
        yield turn
        return
    starts = [*bounds(body, guess(body)), len(body)]
    begin, previous = 0, 0
    for start in starts[1:]:
        if start - begin > MAX_TURN and previous > begin:
            yield from _cut_hard(turn.speaker, body[begin:previous])
            begin = previous
        previous = start
    yield from _cut_hard(turn.speaker, body[begin:])


def _cut_hard(speaker: str | None, text: str) -> Iterator[ParsedTurn]:
    """Cut what has no sentence to cut at: at the last space that fits, else between two characters as seen."""
    begin = 0
    while begin < len(text):
        end = begin + MAX_TURN
        if end < len(text):
            space = text.rfind(" ", begin + 1, end + 1)
            end = space if space > 0 else _last_whole_character(text, begin, end)
        if piece := _visible(text[begin:end]):
            yield ParsedTurn(speaker, piece)
        begin = end


def _last_whole_character(text: str, begin: int, limit: int) -> int:
    ends = (begin + found.end() for found in _GRAPHEME.finditer(text[begin : limit + 1]))
    return max((end for end in ends if end <= limit), default=limit)
