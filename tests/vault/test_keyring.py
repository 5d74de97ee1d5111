"""Keys come from keys.db, wait for the root key, and are gone everywhere once destroyed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlmodel import col, delete, select

from qualcoder.core.errors import Unavailable
from qualcoder.home import Home
from qualcoder.vault import aead, hashing, keys
from qualcoder.vault.fields import WRAPPED_KEY
from qualcoder.vault.keys import KeyRef, Keyring, Sealed, Shredded, count_change
from qualcoder.vault.models import CopySerial, InterviewKey, RespondentKey, StudyKey
from tests.homes import count_statements, reopened

Refs = tuple[KeyRef, KeyRef, KeyRef]


@pytest.fixture
def refs(home: Home) -> Refs:
    """A study's key, an interview's and a respondent's."""
    study = KeyRef.study(uuid4())
    interview = KeyRef.interview(uuid4(), study.study_id)
    respondent = KeyRef.respondent(uuid4(), study.study_id)
    for ref in (study, interview, respondent):
        home.keyring.create(ref)
    return study, interview, respondent


@pytest.fixture
def always_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """The revision is looked at before each use, not once a second."""
    monkeypatch.setattr(keys, "RECHECK_SECONDS", -1.0)


SEALED_USES: list[Callable[[Keyring], object]] = [
    lambda ring: ring.root,
    lambda ring: ring.current(KeyRef.system()),
    lambda ring: ring.of_generation(KeyRef.system(), 1),
    lambda ring: ring.derived(KeyRef.system(), "audit"),
    lambda ring: ring.create(KeyRef.study(uuid4())),
]


@pytest.mark.parametrize("use", SEALED_USES, ids=["root", "current", "of_generation", "derived", "create"])
def test_a_sealed_keyring_gives_nothing(home: Home, use: Callable[[Keyring], object]) -> None:
    with pytest.raises(Sealed):
        use(Keyring(home.keys))


@pytest.mark.parametrize("use", SEALED_USES, ids=["root", "current", "of_generation", "derived", "create"])
def test_sealing_forgets_what_was_open(home: Home, use: Callable[[Keyring], object]) -> None:
    home.keyring.derived(KeyRef.system(), "audit")
    home.keyring.current(KeyRef.system())
    home.keyring.seal()
    with pytest.raises(Sealed):
        use(home.keyring)


@pytest.mark.both_backends
def test_another_process_finds_the_same_keys(home: Home, refs: Refs) -> None:
    with reopened(home) as other:
        for ref in (*refs, KeyRef.system()):
            assert other.keyring.current(ref) == home.keyring.current(ref)


def test_every_key_is_another(home: Home, refs: Refs) -> None:
    secrets = {home.keyring.current(ref).secret for ref in (*refs, KeyRef.system())} | {home.keyring.root}
    assert len(secrets) == 5
    assert all(len(secret) == 32 for secret in secrets)


def test_a_key_does_not_print_itself(home: Home) -> None:
    key = home.keyring.current(KeyRef.system())
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_a_key_that_never_was_counts_as_destroyed(home: Home, refs: Refs) -> None:
    with pytest.raises(Shredded):
        home.keyring.current(KeyRef.interview(uuid4(), refs[0].study_id))


def test_derived_keys_differ_by_purpose_and_owner_and_stay_the_same(home: Home, refs: Refs) -> None:
    derived = {home.keyring.derived(ref, purpose) for ref in refs for purpose in ("audit", "email", "surface")}
    assert len(derived) == 9
    with reopened(home) as other:
        assert {other.keyring.derived(ref, p) for ref in refs for p in ("audit", "email", "surface")} == derived


def test_preloading_opens_many_keys_in_one_look(home: Home, refs: Refs) -> None:
    more = [KeyRef.interview(uuid4(), refs[0].study_id) for _ in range(20)]
    for ref in more:
        home.keyring.create(ref)
    with reopened(home) as other:
        other.keyring.current(refs[0])
        with count_statements(other.keys) as counted:
            other.keyring.preload([*more, refs[1]])
            found = [other.keyring.current(ref) for ref in [*more, refs[1]]]
        assert len(counted) == 1
    assert found == [home.keyring.current(ref) for ref in [*more, refs[1]]]


def test_preloading_passes_over_destroyed_keys(home: Home, refs: Refs) -> None:
    gone = KeyRef.interview(uuid4(), refs[0].study_id)
    with reopened(home) as other:
        other.keyring.preload([gone, refs[1]])
        with pytest.raises(Shredded):
            other.keyring.current(gone)


def _destroy(home: Home, table: type[InterviewKey | RespondentKey | StudyKey], ref: KeyRef) -> None:
    with home.keys.transaction() as db:
        db.execute(delete(table).where(col(table.id) == ref.id))
        count_change(db)


@pytest.mark.both_backends
@pytest.mark.usefixtures("always_look")
def test_a_key_destroyed_by_one_process_is_gone_in_all(home: Home, refs: Refs) -> None:
    study, interview, respondent = refs
    with reopened(home) as other:
        blob = aead.seal(other.keyring.current(interview).secret, 1, b"", aead.Binding(1, study.id, study.id, 0))
        kept = other.keyring.current(respondent)
        assert other.keyring.derived(interview, "quote")
        _destroy(home, InterviewKey, interview)
        for use in (
            lambda: other.keyring.current(interview),
            lambda: other.keyring.of_generation(interview, aead.read_header(blob)[1]),
            lambda: other.keyring.derived(interview, "quote"),
            lambda: home.keyring.current(interview),
        ):
            with pytest.raises(Shredded):
                use()
        assert other.keyring.current(respondent) == kept


@pytest.mark.usefixtures("always_look")
def test_without_its_study_key_an_interview_is_gone_too(home: Home, refs: Refs) -> None:
    study, interview, _respondent = refs
    _destroy(home, StudyKey, study)
    with pytest.raises(Shredded):
        home.keyring.current(interview)


def test_a_wrapped_key_moved_to_another_interview_does_not_open(home: Home, refs: Refs) -> None:
    study, interview, respondent = refs
    stranger = KeyRef.interview(uuid4(), study.study_id)
    with home.keys.transaction() as db:
        row = db.exec(select(InterviewKey).where(col(InterviewKey.id) == interview.id)).one()
        db.add(InterviewKey(id=stranger.id, study_id=study.study_id, wrapped=row.wrapped))
        db.add(InterviewKey(id=respondent.id, study_id=study.study_id, wrapped=row.wrapped))
    for ref in (stranger, KeyRef.interview(respondent.id, study.study_id)):
        with pytest.raises(aead.CannotOpen):
            home.keyring.current(ref)


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key(home: Home, refs: Refs) -> None:
    study, interview, _respondent = refs
    old = home.keyring.current(interview)
    binding = aead.Binding(WRAPPED_KEY.number, study.study_id, interview.id, 2, b"interview")
    wrapped = aead.seal(home.keyring.current(study).secret, 1, b"n" * 32, binding)
    with home.keys.transaction() as db:
        db.add(InterviewKey(id=interview.id, study_id=study.study_id, wrapped=wrapped, generation=2))
        count_change(db)
    with reopened(home) as other:
        other.keyring.preload([interview])
        assert other.keyring.current(interview).secret == b"n" * 32
        assert other.keyring.of_generation(interview, 1) == old
        # What looks words up goes with the newest key, because the older ones of an interview are destroyed.
        assert other.keyring.derived(interview, "quote") == hashing.derive(b"n" * 32, "quote")
        assert hashing.derive(old.secret, "quote") in other.keyring.all_derived(interview, "quote")
        with pytest.raises(aead.CannotOpen):
            other.keyring.of_generation(interview, 3)


@pytest.mark.both_backends
def test_changes_made_at_once_are_counted_one_by_one(home: Home) -> None:
    def revision() -> int:
        with home.keys.read() as db:
            return db.exec(select(CopySerial.revision)).one()

    before, together = revision(), threading.Barrier(4)

    def change() -> None:
        together.wait()
        for _ in range(5):
            with home.keys.transaction() as db:
                count_change(db)

    threads = [threading.Thread(target=change) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert revision() == before + 20


def test_a_database_without_a_serial_is_none_of_ours(home: Home) -> None:
    with home.keys.transaction() as db:
        db.execute(delete(CopySerial))
    with pytest.raises(Unavailable), home.keys.transaction() as db:
        count_change(db)


def test_many_threads_read_keys_while_one_makes_them(home: Home, refs: Refs) -> None:
    expected = home.keyring.current(refs[1])
    wrong = list[object]()

    def read() -> None:
        wrong.extend(key for _ in range(50) if (key := home.keyring.current(refs[1])) != expected)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        home.keyring.create(KeyRef.interview(uuid4(), refs[0].study_id))
    for thread in threads:
        thread.join()
    assert not wrong
