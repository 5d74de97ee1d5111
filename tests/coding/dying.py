"""A merge of codes in a process of its own that is killed right before a write of it, or before it is kept: SIGKILL.

`python -m tests.coding.dying PI STUDY GONE KEPT N`, with the root key in hexadecimal on the standard input; it ends by
itself where it writes fewer times than N, the keeping counted.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any
from uuid import UUID

from sqlalchemy import event

from qualcoder.accounts.models import Person, Study
from qualcoder.coding import recoding
from qualcoder.coding.recode_preview import preview
from qualcoder.core.ids import CodeId
from qualcoder.home import open_home
from qualcoder.settings import Settings
from tests.homes import access_of


def main() -> None:
    pi, study, gone, kept = map(UUID, sys.argv[1:5])
    left = int(sys.argv[5])
    home = open_home(Settings.from_environment())
    home.keyring.unseal_with_root(bytes.fromhex(sys.stdin.read()))

    def step() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SELECT")):
            step()

    event.listen(home.data.writing, "before_cursor_execute", before)
    event.listen(home.data.writing, "commit", lambda _connection: step())
    with home.data.transaction() as db:
        access = access_of(db, db.get_one(Study, study), db.get_one(Person, pi))
        basis = preview(db, access, CodeId(gone), CodeId(kept)).basis
        recoding.merge(db, access, CodeId(gone), CodeId(kept), basis)


if __name__ == "__main__":
    main()
