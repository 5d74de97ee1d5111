"""Which function does which kind of background work."""

from __future__ import annotations

from qualcoder.core.models import JobKind
from qualcoder.core.queue import Sweep, Work
from qualcoder.matrices.jobs import export, remove_dead_files
from qualcoder.transcripts.jobs import detect

# Once a minute, in the worker.
SWEEPS: tuple[Sweep, ...] = (remove_dead_files,)

WORKS: dict[JobKind, Work] = {JobKind.DETECT: detect, JobKind.EXPORT: export}
