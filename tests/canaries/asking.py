"""Requests of the story that every part of it makes."""

from __future__ import annotations

import re
from uuid import UUID

import httpx

from qualcoder.core.clock import now
from qualcoder.vault import onetime
from tests.house.forms import pressed

_SECRET = re.compile(r'id="secret">([A-Z2-7 ]+)<')
_RECOVERY = re.compile(r"<li><code>([^<]+)</code>")


def address_of(browser: httpx.Client) -> str:
    return str(browser.base_url).rstrip("/")


def done(response: httpx.Response, status: int = 303) -> httpx.Response:
    """The response, when its status is the expected one."""
    assert response.status_code == status, (response.request.method, response.url.path, response.status_code)
    return response


def set_up_factor(browser: httpx.Client, password: str) -> tuple[str, list[str]]:
    """A second factor through its page: its secret as the app takes it, and the recovery codes."""
    page = done(browser.get("/account/second-factor"), 200)
    found = _SECRET.search(page.text)
    assert found is not None
    secret = found.group(1).replace(" ", "")
    code = onetime.code_at(onetime.unspelled(secret), onetime.step_of(now()))
    shown = done(browser.post("/account/second-factor", data={"code": code, "password": password}), 200)
    codes = _RECOVERY.findall(shown.text)
    assert len(codes) == 10
    return secret, codes


def flag_and_decide(coder: httpx.Client, pi: httpx.Client, study: str, transcript_id: UUID, w: dict[str, str]) -> None:
    """Words are flagged with a note and are gone from the page, then shown again for a reason."""
    path, said = f"/transcripts/{transcript_id}", w["last turn"]
    before = done(coder.get(path), 200).text
    turn = before.partition(said)[0].count('<article class="turn"')
    sent = {"version": "1", "turn": str(turn), "quote": said, "note": w["note of a flag"]}
    done(coder.post(f"{path}/flags", data=sent))
    assert said not in done(coder.get(path), 200).text
    queue = done(pi.get(f"/studies/{study}/flags"), 200).text
    assert said in queue
    assert w["note of a flag"] in queue
    address, fields = pressed(queue, "Not a name: show it again")
    done(pi.post(address, data={**fields, "reason": w["reason to show again"]}))
    assert said in done(coder.get(path), 200).text
