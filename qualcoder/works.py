"""Which function does which kind of background work."""

from __future__ import annotations

from qualcoder.core.models import JobKind
from qualcoder.core.queue import Work
from qualcoder.matrices.jobs import export
from qualcoder.transcripts.jobs import detect

WORKS: dict[JobKind, Work] = {JobKind.DETECT: detect, JobKind.EXPORT: export}
