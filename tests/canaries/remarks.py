"""Memos and translations with canaries, written and looked for on their pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID, uuid4

import httpx

from qualcoder.home import Home
from qualcoder.transcripts.models import Transcript
from tests.canaries.asking import done


def remark(home: Home, words: Mapping[str, str], browser: httpx.Client, transcript_id: UUID, coding: str) -> None:
    """Memos on an interview and on the study, found by their words; a translation beside its passage."""
    with home.data.read() as db:
        transcript = db.get_one(Transcript, transcript_id)
        abouts = {"memo on an interview": transcript.interview_id, "memo on the study": transcript.study_id}
    for name, about in abouts.items():
        sent = {"kind": name.split()[-1], "about": str(about), "memo": words[name]}
        done(browser.put(f"/memos/{uuid4()}", content=json.dumps(sent)), 200)
        found = done(browser.post("/studies/canaries/memos", data={"words": words[name]}), 200)
        assert "<mark>" in found.text
    done(browser.put(f"{coding}/translations/en", content=json.dumps({"words": words["translation"]})), 200)
    assert words["translation"] in done(browser.get(f"{coding}/translations"), 200).text
