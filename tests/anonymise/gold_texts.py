"""`python -m tests.anonymise.gold_texts`: write the invented gold as JSON lines from its marked-up texts."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from qualcoder.anonymise.findings import Label, Tier
from qualcoder.anonymise.gold import GoldSpan, GoldText, tier_of

FOLDER = Path(__file__).resolve().parents[1] / "data" / "gold"
JSONL = FOLDER / "gold.jsonl"
LABELS = {
    "P": Label.PERSON, "F": Label.PLACE_FINE, "C": Label.PLACE_COARSE, "O": Label.ORG, "R": Label.ROLE,
    "T": Label.CONTACT, "I": Label.ID, "D": Label.DATE, "A": Label.AGE, "Y": Label.PRECINCT, "Z": Label.RESULT,
    "K": Label.CLAN,
}  # fmt: skip
_MENTION = re.compile(r"\[(?P<entity>(?P<label>[A-Z])\d+)(?P<sign>[!=]?)\|(?P<said>[^\[\]|]+)\]")


def gold_texts() -> list[GoldText]:
    """All invented texts, in the order of their names."""
    return [marked_up(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.txt"))]


def marked_up(name: str, source: str) -> GoldText:
    """A text from its marked-up form."""
    head, body = source.rstrip("\n").split("\n\n", 1)
    given = dict(line.split(": ", 1) for line in head.splitlines())
    plain, spans, read = "", [], 0
    for mention in _MENTION.finditer(body):
        plain += body[read : mention.start()]
        label = LABELS[mention["label"]].value
        tier = Tier.A if mention["sign"] == "!" else tier_of(label)
        end = len(plain) + len(mention["said"])
        spans.append(GoldSpan(len(plain), end, label, tier, mention["entity"], mention["sign"] == "="))
        plain += mention["said"]
        read = mention.end()
    text = GoldText(name, name, given["language"], given["style"], plain + body[read:], tuple(spans))
    if set("[]|") & set(text.text):
        raise ValueError(f"{name}: a mention is not closed")
    return text


def lines() -> Iterator[str]:
    """The texts as the command reads them."""
    for text in gold_texts():
        spans = []
        for span in text.spans:
            shown: dict[str, object] = {"start": span.start, "end": span.end, "label": span.label}
            shown["entity"] = span.entity
            if span.tier is not tier_of(span.label):
                shown["tier"] = span.tier.value
            spans.append(shown | ({"keep": True} if span.is_kept else {}))
        plain = {"id": text.id, "language": text.language, "style": text.style, "text": text.text, "spans": spans}
        yield json.dumps(plain, ensure_ascii=False) + "\n"


def mix() -> str:
    """The table of the README: texts, words and mentions by language and style."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for text in gold_texts():
        labels = Counter(span.label for span in text.spans)
        here = {"texts": 1, "words": len(re.findall(r"\w+", text.text)), "mentions": labels.total()}
        here |= {"people": labels["PERSON"], "places": labels["PLACE_FINE"] + labels["PLACE_COARSE"]}
        for key in ((text.language, text.style), ("all", "")):
            counts[key].update(here)
    columns = ("texts", "words", "mentions", "people", "places")
    head = f"| language | style | {' | '.join(columns)} |", "|---" * (2 + len(columns)) + "|"
    order = sorted(counts, key=lambda key: (key[0] == "all", key))
    rows = (" | ".join((*key, *(str(counts[key][column]) for column in columns))) for key in order)
    return "\n".join((*head, *(f"| {row} |" for row in rows)))


def write() -> None:
    JSONL.write_text("".join(lines()), "utf-8")


if __name__ == "__main__":
    write()
