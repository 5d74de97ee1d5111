"""Which function does which kind of background work."""

from __future__ import annotations

from qualcoder.coding import masking
from qualcoder.core.db import Database
from qualcoder.core.ids import JobId
from qualcoder.core.models import JobKind
from qualcoder.core.queue import Sweep, Work
from qualcoder.custody.orphans import OrphanSweep
from qualcoder.matrices.jobs import remove_dead_files
from qualcoder.retrieval.jobs import export


def detect(database: Database, job_id: JobId) -> None:
    """Search a transcript for what identifies somebody."""
    # The rules take most of a second to load, and the web process never searches.
    from qualcoder.transcripts import jobs

    jobs.detect(database, job_id)


WORKS: dict[JobKind, Work] = {JobKind.DETECT: detect, JobKind.EXPORT: export}

# Once a minute, in the worker.
SWEEPS: tuple[Sweep, ...] = (remove_dead_files, OrphanSweep(), masking.finish, Database.empty_journal)
