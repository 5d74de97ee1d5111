"""Requests of the story that every part of it makes."""

from __future__ import annotations

import re

import httpx

from qualcoder.core.clock import now
from qualcoder.vault import onetime

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
