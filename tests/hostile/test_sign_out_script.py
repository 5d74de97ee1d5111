"""Signing out sends what waits to where the coding page would have sent it: an undo is not lost on the way."""

from __future__ import annotations

import mimetypes
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Route

from tests.served import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.slow]

ORIGIN = "http://localhost:9"
NOBODY = UUID(int=0)
PAGE = f"""<!doctype html><meta charset=utf-8><meta name=csrf content=x><form method=post action="/sign-out"></form>
<template id=app-strings></template><template id=outbox-strings data-person=p data-session=/session
data-undo=/transcripts/{NOBODY}/undo data-redo=/transcripts/{NOBODY}/redo data-put=/codings/{NOBODY}
data-ask=ask data-help=help data-send=send data-away=away data-stay=stay data-not-sent=n data-some-refused=r>
</template>"""
WAITS = """async ([text, coding, act]) => {
  const { openStore } = await import("/static/js/coding/outbox-store.js");
  const store = openStore("p");
  await store.add({ key: act, kind: "delete", id: coding, text, body: {} });
  await store.add({ key: crypto.randomUUID(), kind: "undo", id: act, text, body: { act, version: 1 } });
  const { signOut } = await import("/static/js/sign-out.js");
  signOut(document.querySelector("form"));
}"""


def test_an_undo_and_a_removal_that_wait_are_sent_at_a_sign_out(chrome: Browser) -> None:
    sent: list[tuple[str, str]] = []

    def give(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path.startswith("/static/"):
            kind = mimetypes.guess_type(path)[0] or "text/plain"
            return route.fulfill(body=(ROOT / path[1:]).read_bytes(), content_type=kind)
        if path != "/":
            sent.append((route.request.method, path))
        return route.fulfill(body=PAGE if path == "/" else '<p id="total"></p>', content_type="text/html")

    context = chrome.new_context()
    page = context.new_page()
    page.route(f"{ORIGIN}/**", give)
    page.goto(f"{ORIGIN}/")
    text, coding, act = (str(uuid4()) for _ in range(3))
    page.evaluate(WAITS, [text, coding, act])
    with page.expect_request(f"{ORIGIN}/sign-out"):
        page.get_by_role("button", name="send").click()
    context.close()
    assert sent[:2] == [("DELETE", f"/codings/{coding}?act={act}"), ("POST", f"/transcripts/{text}/undo")]
