"""The chain names the first entry that somebody touched, and a disclosure is written before anything else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, delete, select

from qualcoder.audit import chain
from qualcoder.audit.models import AuditEntry, AuditHead
from qualcoder.core.db import Database
from qualcoder.core.ids import ZERO
from qualcoder.home import Home
from qualcoder.vault import hashing
from qualcoder.vault.keys import Sealed
from tests.homes import make_study, reopened

ENTRIES = 8


def _record(db: Session, study_id: UUID | None, n: int = 1) -> None:
    for i in range(n):
        chain.record(db, None, "coding.added", "coding", uuid4(), study_id=study_id, segments=i)


def _verify(home: Home, chain_id: UUID) -> chain.Verdict:
    with home.data.read() as db:
        return chain.verify(db, chain_id)


@pytest.fixture
def study_id(home: Home) -> UUID:
    """A study whose chain has exactly ENTRIES entries: its creation, and acts with a count each."""
    study = make_study(home)
    with home.data.transaction() as db:
        _record(db, study.id, ENTRIES - 1)
    return study.id


def _entry(db: Session, study_id: UUID, seq: int) -> AuditEntry:
    query = select(AuditEntry).where(col(AuditEntry.chain_id) == study_id, col(AuditEntry.seq) == seq)
    return db.exec(query).one()


@pytest.mark.both_backends
def test_an_untouched_chain_is_whole(home: Home, study_id: UUID) -> None:
    verdict = _verify(home, study_id)
    assert verdict == chain.Verdict(study_id, ENTRIES, None)
    assert verdict.is_whole
    with reopened(home) as other:
        assert _verify(other, study_id).is_whole


def test_a_new_chain_is_whole(home: Home) -> None:
    assert _verify(home, ZERO).is_whole


Harm = Callable[[Session, UUID], None]


def _edit(name: str, value: object) -> Harm:
    def harm(db: Session, study_id: UUID) -> None:
        setattr(_entry(db, study_id, 4), name, value)

    return harm


def _later(db: Session, study_id: UUID) -> None:
    entry = _entry(db, study_id, 4)
    entry.at = entry.at + timedelta(seconds=1)


def _delete(*seqs: int) -> Harm:
    def harm(db: Session, study_id: UUID) -> None:
        db.execute(delete(AuditEntry).where(col(AuditEntry.chain_id) == study_id, col(AuditEntry.seq).in_(seqs)))

    return harm


def _delete_and_close_the_gap(db: Session, study_id: UUID) -> None:
    _delete(4)(db, study_id)
    db.flush()
    for seq in range(5, ENTRIES + 1):
        _entry(db, study_id, seq).seq = seq - 1
        db.flush()
    db.get_one(AuditHead, study_id).seq = ENTRIES - 1


def _exchange(db: Session, study_id: UUID) -> None:
    fourth, fifth = _entry(db, study_id, 4), _entry(db, study_id, 5)
    fourth.seq = 1000
    db.flush()
    fifth.seq = 4
    db.flush()
    fourth.seq = 5


def _insert(db: Session, study_id: UUID) -> None:
    for seq in range(ENTRIES, 3, -1):
        _entry(db, study_id, seq).seq = seq + 1
        db.flush()
    copy = _entry(db, study_id, 3)
    planted = AuditEntry(**{**copy.model_dump(), "id": uuid4(), "seq": 4})
    db.add(planted)
    db.get_one(AuditHead, study_id).seq = ENTRIES + 1


def _append(db: Session, study_id: UUID) -> None:
    last = _entry(db, study_id, ENTRIES)
    db.add(AuditEntry(**{**last.model_dump(), "id": uuid4(), "seq": ENTRIES + 1}))


def _set_head(name: str, value: object) -> Harm:
    def harm(db: Session, study_id: UUID) -> None:
        setattr(db.get_one(AuditHead, study_id), name, value)

    return harm


def _delete_head(db: Session, study_id: UUID) -> None:
    db.delete(db.get_one(AuditHead, study_id))


HARMS = [
    pytest.param(_edit("act", "coding.removed"), 4, id="act edited"),
    pytest.param(_edit("counts", {"segments": 999}), 4, id="count edited"),
    pytest.param(_edit("counts", {}), 4, id="count removed"),
    pytest.param(_edit("actor_id", UUID(int=7)), 4, id="actor edited"),
    pytest.param(_edit("object_id", UUID(int=7)), 4, id="object edited"),
    pytest.param(_edit("object_id", None), 4, id="object removed"),
    pytest.param(_edit("object_kind", "memo"), 4, id="kind edited"),
    pytest.param(_edit("mac", b"\0" * 32), 4, id="mac edited"),
    pytest.param(_edit("chain_id", ZERO), 4, id="moved to another chain"),
    pytest.param(_later, 4, id="time edited"),
    pytest.param(_delete(1), 1, id="first deleted"),
    pytest.param(_delete(4), 4, id="one deleted"),
    pytest.param(_delete_and_close_the_gap, 4, id="deleted and renumbered"),
    pytest.param(_exchange, 4, id="two exchanged"),
    pytest.param(_insert, 4, id="one inserted"),
    pytest.param(_delete(7, 8), 7, id="tail cut"),
    pytest.param(_delete(*range(1, 9)), 1, id="all deleted"),
    pytest.param(_append, 9, id="one appended"),
    pytest.param(_set_head("seq", 7), 9, id="head's number altered"),
    pytest.param(_set_head("mac", b"\1" * 32), 9, id="head's mac altered"),
    pytest.param(_delete_head, 9, id="head deleted"),
]


@pytest.mark.parametrize(("harm", "first_bad"), HARMS)
def test_the_first_bad_entry_is_named(home: Home, study_id: UUID, harm: Harm, first_bad: int) -> None:
    with home.data.transaction() as db:
        harm(db, study_id)
    verdict = _verify(home, study_id)
    assert verdict.first_bad == first_bad
    assert not verdict.is_whole
    with home.data.read() as db:
        assert study_id in {one.chain_id for one in chain.verify_all(db) if not one.is_whole}


def test_harm_to_one_chain_leaves_the_others_whole(home: Home, study_id: UUID) -> None:
    other = make_study(home, "other")
    with home.data.transaction() as db:
        _edit("act", "nothing")(db, study_id)
    with home.data.read() as db:
        verdicts = {verdict.chain_id: verdict.is_whole for verdict in chain.verify_all(db)}
    assert verdicts == {ZERO: True, study_id: False, other.id: True}


def test_a_chain_rebuilt_without_the_key_is_noticed(home: Home, study_id: UUID) -> None:
    """Somebody who may write the database, but has no key, computes the MACs with a key of their own."""
    with home.data.transaction() as db:
        before = chain.GENESIS
        for seq in range(1, ENTRIES + 1):
            entry = _entry(db, study_id, seq)
            entry.mac = before = hashing.mac(b"guessed" * 5, before, entry.act.encode())
        db.get_one(AuditHead, study_id).mac = before
    assert _verify(home, study_id).first_bad == 1


@pytest.mark.both_backends
def test_an_act_that_is_rolled_back_leaves_no_entry(home: Home, study_id: UUID) -> None:
    def fail() -> None:
        with home.data.transaction() as db:
            _record(db, study_id)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert _verify(home, study_id) == chain.Verdict(study_id, ENTRIES, None)


@pytest.mark.both_backends
def test_many_writers_make_one_whole_chain(home: Home, study_id: UUID) -> None:
    together, failures = threading.Barrier(4), list[BaseException]()

    def write() -> None:
        together.wait()
        try:
            for n in range(10):
                with home.data.transaction() as db:
                    _record(db, study_id if n % 2 else None)
        except BaseException as error:  # noqa: BLE001  # handed to the test below
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert _verify(home, study_id) == chain.Verdict(study_id, ENTRIES + 20, None)
    assert _verify(home, ZERO).is_whole


def _acts(database: Database, study_id: UUID) -> list[str]:
    with database.read() as db:
        query = select(AuditEntry.act).where(col(AuditEntry.chain_id) == study_id).order_by(col(AuditEntry.seq))
        return list(db.exec(query))


def _disclosing(study_id: UUID) -> Callable[[Session], None]:
    return lambda own: chain.record(own, None, "transcript.opened", "transcript", None, study_id=study_id)


@pytest.mark.both_backends
def test_a_disclosure_on_a_reading_page_is_durable_before_the_page_goes_on(home: Home, study_id: UUID) -> None:
    def page() -> None:
        with home.data.read() as db:
            db.get_one(AuditHead, study_id)
            chain.disclose(db, _disclosing(study_id))
            with reopened(home) as other:
                assert _acts(other.data, study_id)[-1] == "transcript.opened"
            assert db.get_one(AuditHead, study_id).seq == ENTRIES + 1
            raise KeyError

    with pytest.raises(KeyError):
        page()
    assert _acts(home.data, study_id)[-1] == "transcript.opened"
    assert _verify(home, study_id).is_whole


@pytest.mark.both_backends
def test_a_disclosure_inside_a_write_is_part_of_it(home: Home, study_id: UUID) -> None:
    def act(*, fails: bool) -> None:
        with home.data.transaction() as db:
            _record(db, study_id)
            chain.disclose(db, _disclosing(study_id))
            if fails:
                raise KeyError

    with pytest.raises(KeyError):
        act(fails=True)
    assert len(_acts(home.data, study_id)) == ENTRIES
    act(fails=False)
    assert _acts(home.data, study_id)[-2:] == ["coding.added", "transcript.opened"]


def test_a_disclosure_that_can_not_be_written_discloses_nothing(home: Home, study_id: UUID) -> None:
    home.keyring.seal()
    with home.data.read() as db, pytest.raises(Sealed):
        chain.disclose(db, _disclosing(study_id))


def test_entries_hold_ids_and_numbers_only() -> None:
    """No column of the chain could take a sentence."""
    kinds = {column.name: str(column.type) for column in AuditEntry.__table__.columns}  # type: ignore[attr-defined]  # set by the mapper
    texts = {name: kind for name, kind in kinds.items() if kind.startswith(("VARCHAR", "TEXT"))}
    assert texts == {"act": "VARCHAR(60)", "object_kind": "VARCHAR(40)"}
