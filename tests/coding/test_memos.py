"""Memos on anything: kept, found, never lost where two meet, seen only by whom they are for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlmodel import col, select

from qualcoder.accounts.models import Person
from qualcoder.anonymise.leaks import NamesSomebody
from qualcoder.audit.models import AuditEntry
from qualcoder.coding import memo_acts, memo_list, search, service, undoing
from qualcoder.coding.memo_acts import MemoGone, NewMemo
from qualcoder.coding.memo_list import Narrowing
from qualcoder.coding.models import Command, Memo, MemoKind
from qualcoder.coding.service import NewCoding
from qualcoder.core.errors import Invalid, NotFound, Refused
from qualcoder.core.ids import CodeId, CodingId, PersonId, new_id
from qualcoder.core.text import Span
from qualcoder.home import Home
from qualcoder.races.queries import round_ids
from qualcoder.transcripts.models import Assignment, Transcript
from tests.anonymise.known_person import register
from tests.homes import World
from tests.interviews.making import about, import_koyandy
from tests.transcripts import making


@dataclass(frozen=True)
class Scene:
    """A released text about a race, and one coding of the coder's in it."""

    home: Home
    world: World
    transcript: Transcript
    code: CodeId
    coding: CodingId
    race: UUID

    def ids(self) -> dict[MemoKind, UUID]:
        return {
            MemoKind.CODING: self.coding,
            MemoKind.CODE: self.code,
            MemoKind.INTERVIEW: self.transcript.interview_id,
            MemoKind.RACE: self.race,
            MemoKind.STUDY: self.world.study.id,
        }

    def new(self, kind: MemoKind, words: str, *, seen: int = 0, edit: UUID | None = None) -> NewMemo:
        return NewMemo(new_id(), kind, self.ids()[kind], words, seen, edit)

    def save(self, who: Person, sent: NewMemo) -> memo_acts.Written:
        with self.home.data.transaction() as db:
            return memo_acts.save(db, who, sent)

    def words(self, who: Person, wanted: Narrowing | None = None, sought: str = "") -> list[str]:
        wanted, slug = wanted or Narrowing(), self.world.study.slug
        with self.home.data.read() as db:
            if sought:
                query = search.parse(sought, with_endings=True)
                return [
                    line.words for line in memo_list.found(db, who, slug, wanted, query, page=1, language="ru")[1].lines
                ]
            return [line.words for line in memo_list.listed(db, who, slug, wanted, page=1, language="ru")[1].lines]

    def acts(self, act: str) -> int:
        with self.home.data.read() as db:
            return len(db.exec(select(AuditEntry.id).where(col(AuditEntry.act) == act)).all())


@pytest.fixture
def scene(home: Home, world: World) -> Scene:
    import_koyandy(home, world)
    codes = making.import_codes(home, world)
    transcript = making.to_codable(home, world, making.upload(links=[about("KOY-2022-2")]))
    coding_id = CodingId(new_id())
    with home.data.transaction() as db:
        service.add_coding(db, world.coder, NewCoding(coding_id, transcript.id, 1, Span(0, 9), codes["WATER"]))
        race = round_ids(db, world.study.id, {"KOY-2022-2"})["KOY-2022-2"]
    return Scene(home, world, transcript, codes["WATER"], coding_id, race)


@pytest.mark.parametrize("kind", list(MemoKind))
def test_a_memo_on_anything_is_kept_changed_removed_and_brought_back(scene: Scene, kind: MemoKind) -> None:
    me = scene.world.coder
    sent = scene.new(kind, "Су туралы ой\r\nекінші жол ")
    first = scene.save(me, sent)
    assert scene.words(me) == ["Су туралы ой\nекінші жол"]
    assert scene.save(me, sent).version == first.version
    other = NewMemo(sent.id, kind, sent.about_id, "Другое", first.version)
    second = scene.save(me, other)
    assert (scene.words(me), second.theirs) == (["Другое"], None)
    with scene.home.data.transaction() as db, pytest.raises(MemoGone):
        memo_acts.remove(db, me, sent.id, first.version - 1)
    with scene.home.data.transaction() as db:
        _subject, act = memo_acts.remove(db, me, sent.id, second.version)
    assert scene.words(me) == []
    for _ in range(2):
        with scene.home.data.transaction() as db:
            memo_acts.restore(db, me, sent.id, act)
    assert scene.words(me) == ["Другое"]
    with scene.home.data.read() as db:
        row = db.get_one(Memo, sent.id)
        assert (row.interview_id is None) == (kind not in {MemoKind.CODING, MemoKind.INTERVIEW})


@pytest.mark.parametrize("kind", [MemoKind.CODING, MemoKind.STUDY])
def test_two_who_write_at_once_lose_nothing(scene: Scene, kind: MemoKind) -> None:
    me = scene.world.coder
    sent = scene.new(kind, "Одно")
    seen = scene.save(me, sent).version
    scene.save(me, NewMemo(sent.id, kind, sent.about_id, "Из другой вкладки", seen))
    met = scene.save(me, NewMemo(sent.id, kind, sent.about_id, "Моё", seen))
    assert met.theirs == "Из другой вкладки"
    assert scene.words(me) == ["Из другой вкладки"]
    assert scene.save(me, NewMemo(sent.id, kind, sent.about_id, "Моё", met.version)).theirs is None
    with scene.home.data.transaction() as db:
        memo_acts.remove(db, me, sent.id, db.get_one(Memo, sent.id).version)
    gone = scene.save(me, NewMemo(sent.id, kind, sent.about_id, "Пишу дальше", met.version + 1))
    assert gone.theirs == ""
    assert scene.save(me, NewMemo(sent.id, kind, sent.about_id, "Пишу дальше", gone.version)).theirs is None
    assert scene.words(me) == ["Пишу дальше"]


def test_the_saves_of_one_editing_are_one_act_and_one_step(scene: Scene) -> None:
    me, edit = scene.world.coder, new_id()
    for kind in (MemoKind.CODING, MemoKind.CODE):
        sent, seen = scene.new(kind, ""), 0
        for words in ("В", "Во", "Вода"):
            seen = scene.save(me, NewMemo(sent.id, kind, sent.about_id, words, seen, edit)).version
        edit = new_id()
    assert (scene.acts("memo.added"), scene.acts("memo.changed")) == (2, 0)
    with scene.home.data.transaction() as db:
        assert len(db.exec(select(Command.id)).all()) == 2
        undoing.undo(db, me, scene.transcript.id, None, new_id())
    assert scene.words(me, Narrowing(kind=MemoKind.CODING)) == []
    with scene.home.data.transaction() as db:
        undoing.redo(db, me, scene.transcript.id, None, new_id())
    assert scene.words(me, Narrowing(kind=MemoKind.CODING)) == ["Вода"]


def test_each_sees_the_own_and_a_pi_sees_all(scene: Scene) -> None:
    world = scene.world
    for who, words in ((world.coder, "кодера"), (world.other_coder, "другого"), (world.pi, "ПИ")):
        scene.save(who, scene.new(MemoKind.CODE, words))
    assert scene.words(world.coder) == ["кодера"]
    assert scene.words(world.other_coder, Narrowing(author_id=PersonId(world.coder.id))) == []
    assert sorted(scene.words(world.pi)) == ["ПИ", "другого", "кодера"]
    assert scene.words(world.pi, Narrowing(author_id=PersonId(world.coder.id))) == ["кодера"]
    for stranger, refusal in ((world.observer, Refused), (world.admin, Refused), (world.outsider, NotFound)):
        with pytest.raises(refusal):
            scene.words(stranger)
        with pytest.raises(refusal):
            scene.save(stranger, scene.new(MemoKind.STUDY, "Чужое"))
    with scene.home.data.read() as db:
        memo_id = db.exec(select(Memo.id).where(col(Memo.author_id) == world.coder.id)).one()
        with pytest.raises(NotFound):
            memo_list.one(db, world.other_coder, memo_id, "ru")
    for who in (world.pi, world.other_coder):
        with pytest.raises(NotFound):
            scene.save(who, NewMemo(memo_id, MemoKind.CODE, scene.code, "Подмена", 1))


def test_a_coder_loses_sight_of_memos_on_a_text_that_is_not_theirs_any_more(scene: Scene) -> None:
    me = scene.world.coder
    for kind in (MemoKind.CODING, MemoKind.INTERVIEW, MemoKind.STUDY):
        scene.save(me, scene.new(kind, kind.value))
    with scene.home.data.transaction() as db:
        for row in db.exec(select(Assignment).where(col(Assignment.person_id) == me.id)):
            db.delete(row)
    assert scene.words(me) == ["study"]
    for kind in (MemoKind.CODING, MemoKind.INTERVIEW):
        with pytest.raises(NotFound):
            scene.save(me, scene.new(kind, "Ещё"))
    for who in (scene.world.other_coder, scene.world.other_researcher):
        with pytest.raises(NotFound):
            scene.save(who, scene.new(MemoKind.INTERVIEW, "Чужое интервью"))


def test_a_coder_knows_an_interview_by_its_text_and_nothing_tells_the_race(scene: Scene) -> None:
    scene.save(scene.world.coder, scene.new(MemoKind.INTERVIEW, "О беседе"))
    with scene.home.data.read() as db:
        slug = scene.world.study.slug
        _access, page = memo_list.listed(db, scene.world.coder, slug, Narrowing(), page=1, language="ru")
        assert [line.about.label for line in page.lines] == [scene.transcript.serial]
        by_race = Narrowing(about_id=scene.race)
        assert memo_list.listed(db, scene.world.pi, slug, by_race, page=1, language="ru")[1].found == 0


def test_words_are_found_with_their_endings_and_that_is_on_record_without_them(scene: Scene) -> None:
    me = scene.world.coder
    for words in ("О воде и дорогах", "Про выборы", "Судың бағасы"):
        scene.save(me, scene.new(MemoKind.STUDY, words))
    assert scene.words(me, sought="вода") == ["О воде и дорогах"]
    assert scene.words(me, sought="су") == ["Судың бағасы"]
    assert scene.words(me, sought="трактор") == []
    assert scene.acts("memos.searched") == 3


@pytest.mark.parametrize("kind", [MemoKind.STUDY, MemoKind.INTERVIEW])
def test_a_memo_names_nobody_and_is_never_empty(scene: Scene, kind: MemoKind) -> None:
    register(scene.home, scene.world)
    with pytest.raises(NamesSomebody):
        scene.save(scene.world.coder, scene.new(kind, "Это был Ойлапов"))
    with pytest.raises(Invalid):
        scene.save(scene.world.coder, scene.new(kind, " \r\n "))
    assert scene.words(scene.world.coder) == []
