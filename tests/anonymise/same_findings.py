"""`python -m tests.anonymise.same_findings FILE FOLDER…`: whether detection still finds the same.

Reads the invented interviews in every case and all plain texts of the folders. Writes FILE where there is none,
else compares with it and says where findings differ; texts are named by number and digest only.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from qualcoder.anonymise.gold import Case, in_case
from qualcoder.commands.scanning import findings_in
from tests.anonymise.gold_texts import gold_texts

_ENDINGS = (".txt", ".srt", ".vtt", ".md", ".csv")


def texts(folders: list[Path]) -> Iterator[str]:
    """What is read, always in the same order."""
    for case in Case:
        yield from (in_case(text, case).text for text in gold_texts())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in _ENDINGS:
                text = path.read_text("utf-8", "replace")
                yield from (text, text.lower())


def found_in(text: str) -> list[list[object]]:
    """Every finding with all that it says; scores to six places."""
    found = findings_in(text, "auto")[1]
    return [[f.start, f.end, f.label.value, f.tier.value, round(f.score, 6), list(f.sources), f.reason] for f in found]


def main() -> int:
    file, *folders = map(Path, sys.argv[1:])
    now = {f"{n} {hashlib.sha256(t.encode()).hexdigest()[:8]}": found_in(t) for n, t in enumerate(texts(folders))}
    if not file.exists():
        file.write_text(json.dumps(now), "utf-8")
        return 0
    before = json.loads(file.read_text("utf-8"))
    differing = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    for name in differing:
        old, new = ({json.dumps(f) for f in found.get(name, [])} for found in (before, now))
        sys.stdout.write(f"{name}\n" + "".join(f"  - {f}\n" for f in sorted(old - new)))
        sys.stdout.write("".join(f"  + {f}\n" for f in sorted(new - old)))
    sys.stdout.write(f"{len(now)} texts, {len(differing)} differ\n")
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main())
