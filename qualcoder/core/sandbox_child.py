"""The child's side of `sandbox`: takes limits upon itself, then answers questions until there are no more."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
from importlib import import_module
from typing import BinaryIO

from qualcoder.core.errors import Invalid

_FILES = 32


def main() -> None:
    """Answer what comes through standard input. Libraries can't write into the answers or anywhere else."""
    memory, cpu_seconds = json.loads(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _limit(memory, cpu_seconds)
    questions = os.fdopen(os.dup(0), "rb")
    os.dup2(nowhere, 0)
    while len(sizes := questions.read(12)) == 12:
        _send(answers, _answer(questions, *struct.unpack(">IQ", sizes)))


def _limit(memory: int, cpu_seconds: int) -> None:
    """What the system does not know is left out: macOS has no limit of address space that holds."""
    try:
        import resource
    except ImportError:
        return
    limits = {
        "RLIMIT_AS": memory,
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": _FILES,
        "RLIMIT_CORE": 0,
    }
    for name, value in limits.items():
        if (kind := getattr(resource, name, None)) is not None:
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (value, value))


def _answer(questions: BinaryIO, head_size: int, size: int) -> bytes:
    try:
        task, argument = json.loads(questions.read(head_size))
        raw = questions.read(size)
        module, name = task.split(":")
        value = getattr(import_module(module), name)(argument, raw)
        del raw
        return json.dumps(["value", value], ensure_ascii=False, separators=(",", ":")).encode()
    except Invalid as refusal:
        return json.dumps(["invalid", [refusal.message, refusal.status, dict(refusal.params)]]).encode()
    except MemoryError:
        return b'["heavy",0]'
    except Exception:  # noqa: BLE001  # whatever a library makes of a broken file, its words may hold the file's text
        return b'["broken",0]'


def _send(answers: BinaryIO, answer: bytes) -> None:
    rest = memoryview(struct.pack(">Q", len(answer)) + answer)
    while rest:
        rest = rest[answers.write(rest) :]
