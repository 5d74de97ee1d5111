"""A backup file is plain age around plain tar, whole or refused, and written whole or not at all."""

from __future__ import annotations

import contextlib
import io
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcoder.core.errors import Invalid, Unavailable
from qualcoder.vault import backup, recipients
from qualcoder.vault.backup import ChainHead, Damaged, Kind, Manifest, Newer
from qualcoder.vault.copies import Engine

IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())
PAYLOAD = b"SQLite format 3\0" + bytes(range(256)) * 300


def _manifest(payload: Path) -> Manifest:
    return Manifest(
        format=backup.FORMAT,
        kind=Kind.DATA,
        engine=Engine.SQLITE,
        house=UUID(int=7),
        app_version="0",
        made_at=datetime(2026, 11, 21, 3, tzinfo=UTC),
        schema="d001",
        tables={"coding": 3, "person": 4},
        heads=(ChainHead(UUID(int=0), 9, "00ff"),),
        keys_serial=2,
        keys_revision=5,
        size=payload.stat().st_size,
        sha256=backup.digest_of_file(payload),
    )


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    path = tmp_path / "payload"
    path.write_bytes(PAYLOAD)
    return path


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / uuid4().hex
    folder.mkdir()
    return folder


def test_what_was_written_is_read_again(payload: Path, tmp_path: Path) -> None:
    manifest = _manifest(payload)
    written = backup.write(manifest, payload, tmp_path / "b.age", [RECIPIENT])
    assert (written.size, written.sha256) == (written.file.stat().st_size, backup.digest_of_file(written.file))
    assert written.file.stat().st_mode & 0o777 == 0o600
    read, file = backup.read(written.file, [IDENTITY], _folder(tmp_path))
    assert read == manifest
    assert file.read_bytes() == PAYLOAD
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["b.age", "payload"]


def test_any_age_and_tar_read_it_without_us(payload: Path, tmp_path: Path) -> None:
    out = backup.write(_manifest(payload), payload, tmp_path / "b.age", [RECIPIENT]).file
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(out.read_bytes(), [IDENTITY]))) as opened:
        assert opened.getnames() == ["manifest.json", "data.db"]
        content = opened.extractfile("data.db")
        assert content is not None
        assert content.read() == PAYLOAD


def test_each_of_several_recipients_opens_it_alone(payload: Path, tmp_path: Path) -> None:
    other = pyrage.x25519.Identity.generate()
    to = [RECIPIENT, str(other.to_public())]
    out = backup.write(_manifest(payload), payload, tmp_path / "b.age", to).file
    for one in (IDENTITY, other):
        assert backup.read(out, [one], _folder(tmp_path))[0].keys_serial == 2


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 8192, 65536, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_every_size_survives(tmp_path: Path, size: int) -> None:
    payload = tmp_path / "payload"
    payload.write_bytes(b"\x5a" * size)
    out = backup.write(_manifest(payload), payload, tmp_path / "b.age", [RECIPIENT]).file
    assert backup.read(out, [IDENTITY], _folder(tmp_path))[1].stat().st_size == size


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_unnoticed(tmp_path: Path, at: float, bit: int) -> None:
    payload = tmp_path / "payload"
    payload.write_bytes(PAYLOAD[:3000])
    out = tmp_path / "b.age"
    if not out.exists():
        backup.write(_manifest(payload), payload, out, [RECIPIENT])
    content = bytearray(out.read_bytes())
    content[int(at * len(content))] ^= 1 << bit
    flipped = tmp_path / "flipped.age"
    flipped.write_bytes(content)
    with pytest.raises(Damaged):
        backup.read(flipped, [IDENTITY], _folder(tmp_path))


def _forged(tmp_path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as opened:
        for entry, content in members:
            entry.size = len(content)
            opened.addfile(entry, io.BytesIO(content))
    out = tmp_path / "forged.age"
    out.write_bytes(pyrage.encrypt(plain.getvalue(), [IDENTITY.to_public()]))
    return out


def _listed(payload: Path, **changes: object) -> bytes:
    return bytes(backup._MANIFEST.dump_json(replace(_manifest(payload), **changes)))  # type: ignore[arg-type]  # fields by name


def _linked(name: str, to: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, to
    return entry


def test_an_archive_that_is_not_ours_is_refused_and_writes_nowhere_else(payload: Path, tmp_path: Path) -> None:
    info = tarfile.TarInfo
    listed = _listed(payload)
    for members in (
        (),
        ((info("data.db"), PAYLOAD),),
        ((info("manifest.json"), b"{}"), (info("data.db"), PAYLOAD)),
        ((info("manifest.json"), b"\xff not json"),),
        ((info("manifest.json"), listed),),
        ((info("manifest.json"), listed), (info("../data.db"), PAYLOAD)),
        ((info("manifest.json"), listed), (info("keys.db"), PAYLOAD)),
        ((info("manifest.json"), listed), (_linked("data.db", "/etc/passwd"), b"")),
        ((info("manifest.json"), listed), (info("data.db"), PAYLOAD[:-1])),
        ((info("manifest.json"), _listed(payload, size=1)), (info("data.db"), PAYLOAD)),
        ((info("manifest.json"), b" " * (backup.MAX_MANIFEST + 1)), (info("data.db"), PAYLOAD)),
    ):
        folder = _folder(tmp_path)
        with pytest.raises(Damaged):
            backup.read(_forged(tmp_path, *members), [IDENTITY], folder)
        assert {path.name for path in folder.iterdir()} <= {"forged.age.tar", "data.db"}


def test_a_later_format_is_named_as_such(payload: Path, tmp_path: Path) -> None:
    listed = b'{"format": 2, "something": "else"}'
    with pytest.raises(Newer):
        backup.read(_forged(tmp_path, (tarfile.TarInfo("manifest.json"), listed)), [IDENTITY], _folder(tmp_path))


def test_a_full_disk_at_the_very_last_write_is_noticed(payload: Path) -> None:
    """pyrage drops the error of its last write, so the sink remembers it."""
    for size in (0, 100, 70_000):
        with Path("/dev/full").open("wb", buffering=0) as full:
            sink = backup._Sink(full)
            with contextlib.suppress(OSError, pyrage.EncryptError):
                pyrage.encrypt_io(io.BytesIO(b"x" * size), sink, [IDENTITY.to_public()])
            assert sink.problem is not None


def test_nothing_is_written_over_and_nobody_is_refused(payload: Path, tmp_path: Path) -> None:
    manifest = _manifest(payload)
    kept = tmp_path / "kept.age"
    kept.write_bytes(b"kept")
    for out, to in (
        (kept, [RECIPIENT]),
        (tmp_path / "no folder" / "b.age", [RECIPIENT]),
        (tmp_path / "b.age", []),
        (tmp_path / "b.age", ["age1nonsense"]),
        (tmp_path / "b.age", [str(IDENTITY)]),
    ):
        with pytest.raises(Invalid) as refused:
            backup.write(manifest, payload, out, to)
        assert str(IDENTITY) not in str(refused.value)
    assert kept.read_bytes() == b"kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.age", "payload"]


def test_a_source_that_can_t_be_read_leaves_no_half_file(payload: Path, tmp_path: Path) -> None:
    manifest = _manifest(payload)
    payload.unlink()
    with pytest.raises(Unavailable):
        backup.write(manifest, payload, tmp_path / "b.age", [RECIPIENT])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"# public key: age1\n", b"AGE-SECRET-KEY-1NO\n", b"\xff\xfe", b"age-encryption.org/v1\n"]
)
def test_a_file_without_an_identity_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "identity.txt"
    file.write_bytes(content)
    with pytest.raises(Invalid):
        recipients.read_identities(file)


def test_an_identity_file_is_as_age_keygen_writes_it(tmp_path: Path) -> None:
    content, public = recipients.new_identity()
    file = tmp_path / "identity.txt"
    file.write_text(f"# created: 2026-11-21\r\n{content}\n{IDENTITY}\n", "ascii")
    assert [str(one.to_public()) for one in recipients.read_identities(file)] == [public, RECIPIENT]
