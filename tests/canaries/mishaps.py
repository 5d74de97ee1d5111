"""Everything that goes wrong with canaries in hand: refused forms, damaged rows, a missing table, too much at once."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import httpx
from sqlmodel import col, select

from qualcoder.home import Home
from qualcoder.transcripts.models import SealedTo, Transcript, TranscriptState, Turn
from tests.canaries.asking import done
from tests.canaries.story import STUDY, Cast, Story, codable

JSON_ANSWER = {"Accept": "application/json"}
FRAGMENT = {"HX-Request": "true"}


def go_wrong(story: Story, cast: Cast) -> None:
    """Each kind of error at least once, as page, fragment or JSON."""
    with story.home.data.read() as db:
        states = {row.state: row.id for row in db.exec(select(Transcript).order_by(col(Transcript.number).desc()))}
    released, waiting = states[TranscriptState.CODABLE], states[TranscriptState.REVIEW]
    _signing_in(story)
    _unknown_things(story, cast)
    _refused_forms(story, cast, released, waiting)
    _refused_codings(story, cast.coder, released)
    _refused_files(story, cast.pi)
    _damage(story, cast, released)


def _signing_in(story: Story) -> None:
    w = story.words
    visitor = story.visitor()
    for address in (w["address of a wrong sign-in"], f"{w['address of a wrong sign-in']}@example.org", w["pi address"]):
        form = {"email": address, "password": w["password of a wrong sign-in"], "next": "/"}
        done(visitor.post("/sign-in", data=form), 422)
    done(visitor.get(f"/invitation/{uuid4()}"), 404)
    forged = {"slug": "x", "title": w["refused form without token"]}
    done(visitor.post("/studies", data=forged, headers={"Sec-Fetch-Site": "cross-site"}), 403)
    done(visitor.post("/studies", data=forged), 401)


def _unknown_things(story: Story, cast: Cast) -> None:
    for browser in (cast.pi, cast.coder):
        for path in ("/studies/nowhere/transcripts", f"/transcripts/{uuid4()}", f"/exports/{uuid4()}/file", "/nowhere"):
            for headers in ({}, JSON_ANSWER, FRAGMENT):
                done(browser.get(path, headers=headers), 404)
    done(cast.coder.get(f"/studies/{STUDY}/matrix"), 403)
    done(cast.pi.request("PATCH", f"/studies/{STUDY}/matrix"), 405)
    done(cast.coder.post(f"/studies/{STUDY}/settings", data={"may_accept_all": story.words["refused policy"]}), 403)


def _refused_forms(story: Story, cast: Cast, released: UUID, waiting: UUID) -> None:
    w = story.words
    done(cast.pi.post(f"/studies/{STUDY}/people", data={"email": w["refused title"], "role": w["refused code"]}), 422)
    done(cast.admin.post("/studies", data={"slug": w["refused title"], "title": w["refused title"]}), 422)
    done(cast.admin.post("/studies", data={"slug": STUDY, "title": w["refused title"]}), 409)
    words = {"words": w["refused words"], "label": "PERSON"}
    done(cast.pi.post(f"/transcripts/{waiting}/mark", data=words), 422)
    done(cast.pi.post(f"/transcripts/{waiting}/mark", data=words | {"label": w["refused code"]}), 422)
    done(cast.pi.post(f"/transcripts/{released}/mark", data=words), 409)
    done(cast.pi.post(f"/transcripts/{waiting}/findings/{uuid4()}", data={"decision": w["refused words"]}), 422)
    done(
        cast.pi.post(
            f"/transcripts/{waiting}/findings/{uuid4()}", data={"decision": "keep", "reason": w["refused words"]}
        ),
        404,
    )
    done(cast.pi.post(f"/transcripts/{waiting}/publish", data={"seen_version": w["refused code"]}), 422)
    done(cast.pi.post(f"/transcripts/{waiting}/publish", data={"seen_version": "1"}), 409)


def _refused_codings(story: Story, browser: httpx.Client, released: UUID) -> None:
    w = story.words
    version, length, code_id = codable(story.home, released)
    good = {"transcript_id": str(released), "version": version, "start": 0, "end": 9, "code_id": str(code_id)}
    memo = {"memo": w["refused memo"]}
    for sent, status in (
        (json.dumps(good | memo | {"version": version + 1}), 409),
        (json.dumps(good | memo | {"end": length + 1}), 422),
        (json.dumps(good | memo | {"code_id": str(uuid4())}), 422),
        (json.dumps(good | memo | {"transcript_id": str(uuid4())}), 404),
        (json.dumps(good | memo | {"valence": w["refused code"]}), 422),
        (json.dumps(good | memo, ensure_ascii=False)[:-2] + w["refused json"], 422),
        (f'"{w["refused json"]}"', 422),
        (json.dumps(good | {"memo": w["huge request"] * 40_000}), 413),
    ):
        for headers in ({}, JSON_ANSWER):
            done(browser.put(f"/codings/{uuid4()}", content=sent.encode(), headers=headers), status)
    quote = {"version": str(version), "turn": "2", "quote": w["refused words"], "code_id": str(code_id)}
    assert browser.post(f"/transcripts/{released}/codings", data=quote).status_code == 422
    story.errors.pop()  # The form comes back to who typed it, with what was typed; that page is no error page.


def _refused_files(story: Story, browser: httpx.Client) -> None:
    w = story.words
    for name, raw, status in (
        (w["refused file name"], b"%PDF-1.4 " + w["refused file"].encode(), 415),
        (w["refused file name"], b"PK\x03\x04" + w["refused file"].encode(), 415),
        (w["refused file name"], w["refused file"].encode() + b"\0\x01\x02", 415),
        (w["refused file name"], b"", 422),
    ):
        fields = {"category": "voter", "consent": "true"}
        done(browser.post(f"/studies/{STUDY}/upload", data=fields, files={"file": (name, raw)}), status)
    book = f"codes: [{w['refused file']}: {w['refused json']}]".encode()
    sent = {"file": (w["refused file name"] + ".yaml", book)}
    done(browser.post(f"/studies/{STUDY}/codebook", files=sent), 422)
    table = f"race_id,unit\n{w['refused file']},{w['refused json']}\n".encode()
    done(browser.post(f"/studies/{STUDY}/races/import", files={"file": ("r.csv", table)}), 422)
    broken = f"--x\r\nContent-Disposition: form-data; name={w['refused file']}\r\n\r\n".encode()
    kind = {"Content-Type": "multipart/form-data; boundary=y"}
    done(browser.post(f"/studies/{STUDY}/upload", content=broken, headers=kind), 422)


def _damage(story: Story, cast: Cast, released: UUID) -> None:
    w = story.words
    version, _length, code_id = codable(story.home, released)
    sent = {"transcript_id": str(released), "version": version, "start": 0, "end": 9, "code_id": str(code_id)}
    sent["memo"] = w["memo while the table is gone"]
    with without_table(story.home, "memo"):
        for headers in ({}, JSON_ANSWER, FRAGMENT):
            done(cast.coder.put(f"/codings/{uuid4()}", content=json.dumps(sent), headers=headers), 503)
    _flip_a_byte_of_every_turn(story.home, released)
    for headers in ({}, JSON_ANSWER, FRAGMENT):
        done(cast.coder.get(f"/transcripts/{released}", headers=headers), 500)
    _flip_a_byte_of_every_turn(story.home, released)
    done(cast.coder.get(f"/transcripts/{released}"), 200)


def _flip_a_byte_of_every_turn(home: Home, transcript_id: UUID) -> None:
    with home.data.transaction() as db:
        version_id = db.get_one(Transcript, transcript_id).text_version_id
        turns = db.exec(
            select(Turn).where(col(Turn.text_version_id) == version_id, col(Turn.sealed_to) == SealedTo.INTERVIEW)
        )
        for turn in turns:
            turn.body_ct = turn.body_ct[:-1] + bytes([turn.body_ct[-1] ^ 1])


@contextlib.contextmanager
def without_table(home: Home, table: str) -> Iterator[None]:
    """A home in which a table is missing for a while, as after a bad restore."""
    with home.data.transaction() as db:
        db.connection().exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_away")
    try:
        yield
    finally:
        with home.data.transaction() as db:
            db.connection().exec_driver_sql(f"ALTER TABLE {table}_away RENAME TO {table}")
