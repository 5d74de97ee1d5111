"""Cross-validation of the whole chain: trained on four fifths of the sentence groups, tried on the last."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time
from zlib import crc32

from qualcoder.anonymise import trained_models
from qualcoder.anonymise.evaluating import Mark, evaluate, surface_hash
from qualcoder.anonymise.findings import Finding, Label
from qualcoder.anonymise.gold import Case, GoldSpan, GoldText, in_case, tier_of
from qualcoder.anonymise.pipeline import find_in_turns, use_models
from qualcoder.anonymise.training import building
from qualcoder.anonymise.training.corpora import Example
from qualcoder.core.errors import Invalid
from qualcoder.core.messages import N_

FOLDS = 5
FIRM, EVERY, SPEED = "firm", "every", "words per CPU second"
_SHOWN = ("PERSON", "PLACE", "ORG", "FACILITY")
_NAMES = frozenset({Label.PERSON, Label.PLACE_COARSE, Label.PLACE_FINE, Label.ORG})
_LABELS = {
    "PERSON": Label.PERSON.value,
    "GPE": Label.PLACE_COARSE.value,
    "LOC": Label.PLACE_COARSE.value,
    "LOCATION": Label.PLACE_COARSE.value,
    "ORG": Label.ORG.value,
    "ORGANISATION": Label.ORG.value,
}
# Sources of the corpora took addresses of accounts apart: @ some _ body was written @some_body.
_CLOSING = frozenset(".,!?:;)]}…»_")
_OPENING = frozenset("([{«@#_")
_SENTENCES = 8
# Folds show the spread, not the bootstrap.
_ROUNDS = 20


def fold_of(group: str) -> int:
    return crc32(group.encode()) % FOLDS


def split(examples: Sequence[Example], fold: int) -> tuple[list[Example], list[Example]]:
    """The sentences that teach, and those that try."""
    taught = [example for example in examples if fold_of(example.group) != fold]
    return taught, [example for example in examples if fold_of(example.group) == fold]


def documents(language: str, examples: Sequence[Example]) -> Iterator[GoldText]:
    """Texts of eight sentences, one a line: the corpora do not say where their texts begin."""
    for number, begin in enumerate(range(0, len(examples), _SENTENCES)):
        lines: list[str] = []
        spans: list[GoldSpan] = []
        start = 0
        for example in examples[begin : begin + _SENTENCES]:
            line, placed = _written(example, start)
            lines.append(line)
            spans += placed
            start += len(line) + 1
        name = f"{language}:{number}"
        yield GoldText(name, name, language, "corpus", "\n".join(lines), tuple(spans))


def _written(example: Example, start: int) -> tuple[str, list[GoldSpan]]:
    """A sentence with its spaces, and its names in offsets of the text in which it begins at `start`."""
    text = ""
    places: list[tuple[int, int]] = []
    for at, form in enumerate(example.forms):
        glued = at == 0 or form in _CLOSING or form.startswith("'") or example.forms[at - 1] in _OPENING
        text += form if glued else " " + form
        places.append((start + len(text) - len(form), start + len(text)))
    spans = [
        GoldSpan(places[first][0], places[last - 1][1], label, tier_of(label))
        for first, last, name in example.named
        if (label := _LABELS.get(name, name))
    ]
    return text, spans


def surfaces(examples: Iterable[Example]) -> frozenset[str]:
    """Digests of the names that a model has been taught."""
    return frozenset(surface_hash(_written(e, 0)[0][s.start : s.end]) for e in examples for s in _written(e, 0)[1])


@dataclass(frozen=True, slots=True)
class Row:
    """One figure over the folds: `tier` "firm" leaves out marks that nobody is sure of, "every" takes all."""

    language: str
    case: str
    tier: str
    figure: str
    mean: float
    worst: float
    mentions: int
    folds: int = FOLDS


@dataclass(frozen=True, slots=True)
class Trial:
    """What one fold showed of one language: each figure by case, tier and name, and of how many mentions."""

    figures: dict[tuple[str, str, str], tuple[float, int]]


def tried(folder: Path, texts: Sequence[GoldText], seen: frozenset[str]) -> Trial:
    """The chain with the models of a folder over texts, as they stand and in small letters."""
    use_models(folder)
    given = [in_case(text, case) for case in (Case.AS_IS, Case.LOWER) for text in texts]
    find_in_turns(_turns(given[0]))
    before = process_time()
    found = [find_in_turns(_turns(text)) for text in given]
    speed = sum(len(text.text.split()) for text in given) / (process_time() - before)
    figures: dict[tuple[str, str, str], tuple[float, int]] = {(Case.AS_IS.value, EVERY, SPEED): (speed, 0)}
    for tier in (FIRM, EVERY):
        shown = [[f for f in one if tier == EVERY or not f.is_uncertain] for one in found]
        masked = evaluate(given, [_marks(one) for one in shown], seen=seen, rounds=_ROUNDS)
        for row in masked.labels:
            if row.label in _SHOWN and row.masked.share is not None:
                name = row.label.lower()
                figures[row.case, tier, f"{name} masked"] = row.masked.share, row.mentions
                if row.unseen is not None and row.unseen.share is not None:
                    figures[row.case, tier, f"{name} masked, unseen"] = row.unseen.share, row.unseen.of
                leaks = row.document_leaks
                figures[row.case, tier, f"texts with a leaked {name}"] = leaks.share or 0.0, leaks.of
        # The corpora mark names only: ages, dates and posts are no false alarms of this layer.
        names = evaluate(given, [_marks(f for f in one if f.label in _NAMES) for one in shown], rounds=_ROUNDS)
        for group in names.groups:
            figures[group.case, tier, "flagged / gold"] = group.flagged_ratio or 0.0, group.words
    return Trial(figures)


def crossvalidate(
    data: Path, work: Path, languages: Sequence[str], tell: Callable[[str], None], *, folds: int = FOLDS
) -> list[Row]:
    """Train and try each fold of each language, or only the first ones, beside the full models of the other two.

    Models that stand in `work` already are taken as they are.
    """
    examples = building.read_all(data)
    full = work / "full"
    if not _is_whole(full):
        building.build(data, full, examples, tell=tell)
    rows: list[Row] = []
    for language in languages:
        trials: list[Trial] = []
        for fold in range(min(folds, FOLDS)):
            taught, heard = split(examples[language], fold)
            folder = work / f"{language}{fold}"
            if not _is_whole(folder):
                building.build(data, folder, {**examples, language: taught}, (language,), tell=tell)
                for name in {"kk", "ru", "en"} - {language}:
                    shutil.copy(full / trained_models.model_name(name), folder)
            trials.append(tried(folder, list(documents(language, heard)), surfaces(taught)))
            tell(f"{language}, fold {fold}: tried")
        rows += _rows(language, trials)
    use_models(trained_models.SHIPPED)
    return rows


def _is_whole(folder: Path) -> bool:
    names = (trained_models.LEXICON, *map(trained_models.model_name, trained_models.LANGUAGES))
    return all((folder / name).is_file() for name in names)


def _rows(language: str, trials: Sequence[Trial]) -> Iterator[Row]:
    for key in sorted(set.union(*(set(trial.figures) for trial in trials))):
        shares = [trial.figures[key][0] for trial in trials if key in trial.figures]
        mentions = sum(trial.figures[key][1] for trial in trials if key in trial.figures)
        case, tier, figure = key
        worst = max(shares) if figure.startswith(("texts", "flagged")) else min(shares)
        mean = sum(shares) / len(shares)
        yield Row(language, case, tier, figure, round(mean, 4), round(worst, 4), mentions, len(trials))


def table(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as a Markdown table."""
    yield "| language | case | marks | figure | mean | worst fold | of |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        digits = 0 if row.figure == SPEED else 3
        numbers = f"{row.mean:.{digits}f} | {row.worst:.{digits}f} | {row.mentions}"
        yield f"| {row.language} | {row.case} | {row.tier} | {row.figure} | {numbers} |"


def read_figures(path: Path) -> object:
    """What `crossvalidate --json` printed; Invalid for anything else."""
    try:
        rows = [asdict(Row(**row)) for row in json.loads(path.read_text("utf-8"))]
    except (ValueError, TypeError):
        raise Invalid(N_("This is no JSON of crossvalidate.")) from None
    return rows


def _turns(text: GoldText) -> list[tuple[int, str, str]]:
    turns: list[tuple[int, str, str]] = []
    start = 0
    for line in text.text.split("\n"):
        turns.append((start, line, text.language))
        start += len(line) + 1
    return turns


def _marks(findings: Iterable[Finding]) -> list[Mark]:
    return [Mark(f.start, f.end, f.label.value) for f in findings]
