"""The account pages and the door: two steps, a gate for roles that need both, sessions, tokens, the password."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from qualcoder.accounts import people, sessions, signing_in
from qualcoder.accounts.models import ApiToken, Person, Role
from qualcoder.core.clock import now
from qualcoder.home import Home
from qualcoder.vault import hashing, onetime
from tests.accounts.entering import EMAIL, STEP, Clock, Owner, current_of, enter, make_owner
from tests.homes import PASSWORD, Browser, World, add_member, give_factor, make_app, make_person, make_study

OTHER = "vydumanov@example.org"
NEW_PASSWORD = "another quite long password"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def owner(home: Home, clock: Clock) -> Owner:
    return make_owner(home, clock)


def _password(browser: Browser, email: str = EMAIL, password: str = PASSWORD, **more: str) -> httpx.Response:
    answer: httpx.Response = browser.post("/sign-in", data={"email": email, "password": password, **more})
    return answer


def _signed_in(browser: Browser) -> Browser:
    """The same browser, sending what forms of its session carry."""
    browser.headers["X-CSRF"] = hashing.csrf_token(browser.token)
    return browser


def _alone(home: Home, browser: Browser, email: str = EMAIL) -> Browser:
    """Somebody with a password and no second factor, signed in through the page."""
    make_person(home, email, "Serik Oydantap", PASSWORD)
    assert _password(browser, email).status_code == 303
    return _signed_in(browser)


# Two steps -----------------------------------------------------------------------------------


def test_password_then_code_then_the_page_that_was_asked_for(owner: Owner, browser: Browser, clock: Clock) -> None:
    first = _password(browser, next="/account")
    assert first.headers["location"] == "/sign-in/code?next=%2Faccount"
    assert "qc" not in browser.cookies
    asked = browser.get(first.headers["location"])
    assert 'autocomplete="one-time-code"' in asked.text
    second = browser.post("/sign-in/code", data={"code": owner.code(clock.moment), "next": "/account"})
    assert (second.status_code, second.headers["location"]) == (303, "/account")
    assert "qc-pending" not in browser.cookies
    assert browser.get("/account").status_code == 200


def test_the_pending_cookie_is_for_this_step_only(owner: Owner, browser: Browser) -> None:
    answer = _password(browser)
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("qc-pending="))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Max-Age=300" in cookie
    assert browser.get("/account").headers["location"].startswith("/sign-in")
    assert browser.post("/account/name", data={"name": "Oylap"}).status_code == 401
    stolen = browser.with_token(browser.cookies["qc-pending"])
    assert stolen.get("/account").headers["location"].startswith("/sign-in")
    assert stolen.post("/account/name", data={"name": "Oylap"}).status_code == 401


def test_another_browser_has_nothing_to_finish(owner: Owner, browser: Browser, clock: Clock) -> None:
    _password(browser)
    stranger = Browser(browser.home, browser.application)
    assert stranger.get("/sign-in/code").headers["location"] == "/sign-in"
    answer = stranger.post("/sign-in/code", data={"code": owner.code(clock.moment)})
    assert answer.status_code == 401
    assert "Sign in again" in answer.text


def test_a_wrong_code_is_said_beside_the_field_and_the_fifth_leads_back(owner: Owner, browser: Browser) -> None:
    _password(browser, next="/account")
    answers = [browser.post("/sign-in/code", data={"code": "000000", "next": "/account"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 401]
    assert 'aria-invalid="true"' in answers[0].text
    assert 'name="next" value="/account"' in answers[0].text
    assert 'name="password"' in answers[4].text
    assert "qc-pending" not in browser.cookies


def test_an_empty_code_counts_as_no_try(owner: Owner, browser: Browser, clock: Clock) -> None:
    _password(browser)
    for _ in range(6):
        assert browser.post("/sign-in/code", data={"code": ""}).status_code == 422
    assert browser.post("/sign-in/code", data={"code": owner.code(clock.moment)}).status_code == 303


def test_a_recovery_code_opens_the_door_too(owner: Owner, browser: Browser) -> None:
    _password(browser)
    assert browser.post("/sign-in/code", data={"code": owner.codes[0]}).status_code == 303
    assert "9 recovery codes are left" in browser.get("/account").text


@pytest.mark.parametrize("next_page", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_the_second_step_leads_to_our_own_pages_only(
    owner: Owner, browser: Browser, clock: Clock, next_page: str
) -> None:
    assert _password(browser, next=next_page).headers["location"] == "/sign-in/code?next=%2F"
    answer = browser.post("/sign-in/code", data={"code": owner.code(clock.moment), "next": next_page})
    assert answer.headers["location"] == "/"


def test_the_session_changes_at_sign_in_and_at_the_second_step(owner: Owner, browser: Browser, clock: Clock) -> None:
    seen: list[str] = []
    for _ in range(2):
        _password(_signed_in(browser) if seen else browser)
        seen.append(browser.cookies["qc-pending"])
        browser.post("/sign-in/code", data={"code": owner.code(clock.moment)})
        seen.append(browser.token)
        clock.pass_(STEP)
    assert len(set(seen)) == 4
    assert sessions.find_current(owner.home.data, seen[1]) is None


def test_a_browser_whose_session_is_over_signs_in_again(home: Home, browser: Browser, clock: Clock) -> None:
    alone = _alone(home, browser)
    clock.pass_(timedelta(hours=2))
    del alone.headers["X-CSRF"]
    page = alone.get(alone.get("/account").headers["location"])
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf
    assert _password(alone, csrf=csrf.group(1)).status_code == 303


def test_known_and_unknown_people_get_the_same_answer(owner: Owner, browser: Browser) -> None:
    answers = [_password(browser, email, "not the password at all") for email in (EMAIL, "stranger@example.org")]
    assert answers[0].status_code == answers[1].status_code == 422
    assert answers[0].text == answers[1].text
    headers = [{**answer.headers, "date": ""} for answer in answers]
    assert headers[0] == headers[1]


# The gate ------------------------------------------------------------------------------------

_GATED = ("/", "/account", "/studies/demo/people", "/studies/demo/transcripts")


@pytest.fixture
def newcomer(home: Home, browser: Browser, clock: Clock) -> Browser:
    """A PI who has just chosen a password."""
    alone = _alone(home, browser)
    with home.data.read() as db:
        person = db.exec(select(Person)).one()
    add_member(home, make_study(home), person, Role.PI)
    return alone


def _set_up(browser: Browser, clock: Clock, password: str = PASSWORD) -> httpx.Response:
    page = browser.get("/account/second-factor")
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page.text)
    assert secret
    key = onetime.unspelled(secret.group(1).replace(" ", ""))
    code = onetime.code_at(key, onetime.step_of(clock.moment))
    answer: httpx.Response = browser.post("/account/second-factor", data={"code": code, "password": password})
    return answer


def test_a_role_that_needs_it_is_led_to_it_and_can_do_nothing_else(newcomer: Browser, clock: Clock) -> None:
    for path in _GATED:
        assert newcomer.get(path).headers["location"] == "/account/second-factor"
        assert newcomer.get(path, headers={"HX-Request": "true"}).status_code == 403
        assert newcomer.get(path, headers={"Accept": "application/json"}).status_code in {303, 403}
    assert newcomer.post("/studies", data={"slug": "x", "title": "x"}).status_code == 403
    assert newcomer.post("/account/name", data={"name": "Oylap"}).status_code == 403
    assert newcomer.post("/language", data={"language": "kk", "next": "/account/second-factor"}).status_code == 303
    assert newcomer.post("/appearance", data={"theme": "dark"}).status_code == 303
    done = _set_up(newcomer, clock)
    assert len(re.findall(r"<code>[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}</code>", done.text)) == 10
    assert [newcomer.get(path).status_code for path in _GATED] == [200, 200, 200, 200]


def test_the_page_shows_the_secret_as_words_address_and_picture(newcomer: Browser) -> None:
    text = newcomer.get("/account/second-factor").text
    assert "otpauth://totp/Qualcoder:oydantap%40example.org?" in text
    assert re.search(r'<path d="M4 4h7v1h-7z', text)
    assert "style=" not in text
    assert "Your role needs a second factor" in text


@pytest.mark.parametrize(
    ("code", "password", "field"),
    [("000000", PASSWORD, "code"), ("000000", "not the password", "password"), ("", PASSWORD, "code")],
)
def test_setting_up_needs_the_password_and_a_right_code(
    newcomer: Browser, code: str, password: str, field: str
) -> None:
    before = newcomer.get("/account/second-factor").text
    answer = newcomer.post("/account/second-factor", data={"code": code, "password": password})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    secret = re.compile(r'id="secret">[^<]+')
    assert secret.findall(answer.text) == secret.findall(before)
    assert newcomer.get("/").status_code == 303


def test_in_the_demo_nobody_is_asked_for_a_second_factor(home: Home, newcomer: Browser, clock: Clock) -> None:
    demo = replace(home, settings=replace(home.settings, demo=True))
    fresh = Browser(demo, make_app(demo))
    _password(fresh)
    assert fresh.get("/").status_code == 200
    _set_up(newcomer, clock)
    again = Browser(demo, fresh.application)
    assert _password(again).headers["location"] == "/"
    assert again.get("/account").status_code == 200


# The account page ----------------------------------------------------------------------------


def test_the_account_page_is_for_everybody_who_is_signed_in(world: World, browser: Browser) -> None:
    for person in world.by_name.values():
        assert browser.as_(person).get("/account").status_code == 200
    assert browser.get("/account").headers["location"] == "/sign-in?next=/account"


def test_a_name_is_changed_and_seen_by_colleagues(home: Home, browser: Browser) -> None:
    alone = _alone(home, browser)
    assert alone.post("/account/name", data={"name": " Айгүл   Ойлап "}).headers["location"] == "/account?done=name"
    with home.data.read() as db:
        person = db.exec(select(Person)).one()
        assert people.name_of(db, person) == "Айгүл Ойлап"
        assert people.email_of(db, person) == EMAIL
    assert 'value="Айгүл Ойлап"' in alone.get("/account").text
    for wrong in ("", "   ", "x" * 121, "Ой\u202eлап"):
        assert alone.post("/account/name", data={"name": wrong}).status_code == 422


def test_a_new_password_needs_the_old_one_and_ends_all_other_sessions(home: Home, browser: Browser) -> None:
    alone = _alone(home, browser)
    other, before = enter(home).token, alone.token
    answer = alone.post("/account/password", data={"old": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert answer.headers["location"] == "/account?done=password"
    assert alone.token != before
    assert [sessions.find_current(home.data, token) for token in (other, before)] == [None, None]
    assert alone.get("/account?done=password").status_code == 200
    assert enter(home, password=NEW_PASSWORD).token
    with pytest.raises(signing_in.WrongSignIn):
        enter(home)


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("not the password at all", NEW_PASSWORD, NEW_PASSWORD, "old"),
        (PASSWORD, NEW_PASSWORD, "something else", "again"),
        (PASSWORD, "short", "short", "password"),
        (PASSWORD, "my name is Serik Oydantap", "my name is Serik Oydantap", "password"),
        ("", NEW_PASSWORD, NEW_PASSWORD, "old"),
    ],
)
def test_a_refused_password_changes_nothing(
    home: Home, browser: Browser, old: str, new: str, again: str, field: str
) -> None:
    alone = _alone(home, browser)
    answer = alone.post("/account/password", data={"old": old, "password": new, "again": again})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert new not in answer.text
    assert enter(home).token


def test_guessing_the_password_of_an_open_session_is_slowed(home: Home, browser: Browser, clock: Clock) -> None:
    alone = _alone(home, browser)
    wrong = {"old": "a guess of many", "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    answers = [alone.post("/account/password", data=wrong).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(home: Home, browser: Browser) -> None:
    alone = _alone(home, browser)
    tokens = [enter(home).token for _ in range(3)]
    assert alone.get("/account").text.count("/account/sessions/") == 3
    one = current_of(home, tokens[0]).session_id
    assert alone.post(f"/account/sessions/{one}/end").headers["location"] == "/account?done=session"
    assert sessions.find_current(home.data, tokens[0]) is None
    assert alone.post("/account/other-sessions/end").status_code == 303
    assert [sessions.find_current(home.data, token) for token in tokens] == [None] * 3
    own = current_of(home, alone.token).session_id
    assert alone.post(f"/account/sessions/{own}/end").headers["location"] == "/sign-in"
    assert alone.get("/account").headers["location"].startswith("/sign-in")


def test_sessions_and_tokens_of_others_are_not_there(home: Home, world: World, browser: Browser) -> None:
    coder, other = browser.as_(world.coder), browser.as_(world.other_coder)
    token = _token(home, world.other_coder, world)
    theirs = current_of(home, other.token).session_id
    assert coder.post(f"/account/sessions/{theirs}/end").status_code == 404
    assert coder.post(f"/account/tokens/{token}/revoke").status_code == 404
    assert sessions.find_current(home.data, other.token)
    assert str(token) not in coder.get("/account").text


def _token(home: Home, person: Person, world: World) -> object:
    with home.data.transaction() as db:
        token = ApiToken(
            token_hash=hashing.token_hash(hashing.new_token()),
            person_id=person.id,
            study_id=world.study.id,
            created_at=now(),
        )
        db.add(token)
        return token.id


def test_a_token_is_listed_and_revoked(home: Home, world: World, browser: Browser) -> None:
    coder, token = browser.as_(world.coder), _token(home, world.coder, world)
    assert f"/account/tokens/{token}/revoke" in coder.get("/account").text
    for _ in range(2):
        assert coder.post(f"/account/tokens/{token}/revoke").headers["location"] == "/account?done=token"
    assert str(token) not in coder.get("/account").text
    with home.data.read() as db:
        assert db.exec(select(ApiToken)).one().revoked_at is not None


def test_recovery_codes_are_made_anew_for_who_knows_the_password(owner: Owner, browser: Browser, clock: Clock) -> None:
    _password(browser)
    browser.post("/sign-in/code", data={"code": owner.code(clock.moment)})
    inside = _signed_in(browser)
    path, sent = "/account/second-factor/change", {"act": "new_codes", "factor_password": "not the password"}
    assert 'id="f-factor_password-error"' in inside.post(path, data=sent).text
    shown = inside.post(path, data={**sent, "factor_password": PASSWORD}).text
    fresh = re.findall(r"<code>([A-Z2-7-]{14})</code>", shown)
    assert len(fresh) == 10
    assert not set(fresh) & set(owner.codes)
    off = inside.post(path, data={"act": "turn_off", "factor_password": PASSWORD})
    assert off.headers["location"] == "/account?done=factor"
    assert not owner.password().needs_code


def test_a_role_that_needs_it_can_not_turn_it_off(newcomer: Browser, clock: Clock) -> None:
    _set_up(newcomer, clock)
    assert "Turn it off" not in newcomer.get("/account").text
    sent = {"act": "turn_off", "factor_password": PASSWORD}
    assert newcomer.post("/account/second-factor/change", data=sent).status_code == 409


def test_a_second_setting_up_is_refused(newcomer: Browser, clock: Clock) -> None:
    _set_up(newcomer, clock)
    assert newcomer.get("/account/second-factor").headers["location"] == "/account"
    answer = newcomer.post("/account/second-factor", data={"code": "000000", "password": PASSWORD})
    assert answer.status_code == 409


# A new invitation ----------------------------------------------------------------------------


def _invite_again(browser: Browser, person: Person, **sent: str) -> httpx.Response:
    answer: httpx.Response = browser.post(f"/studies/demo/people/{person.id}/invitation", data=sent)
    return answer


def _link(answer: httpx.Response) -> str:
    found = re.search(r"(/invitation/[\w-]+)<", answer.text)
    assert found
    return found.group(1)


def test_only_an_administrator_sends_a_new_invitation(world: World, browser: Browser) -> None:
    assert _invite_again(browser.as_(world.admin), world.coder).status_code == 200
    for name, status in (("pi", 403), ("researcher", 403), ("coder", 403), ("outsider", 404)):
        assert _invite_again(browser.as_(world.by_name[name]), world.coder).status_code == status
    assert _invite_again(browser.as_(world.admin), world.outsider).status_code == 404
    assert _invite_again(browser.as_(world.admin), world.admin).status_code == 409


@pytest.mark.parametrize("resets", [False, True])
def test_a_new_invitation_ends_the_second_factor_only_if_it_says_so(
    home: Home, world: World, browser: Browser, clock: Clock, *, resets: bool
) -> None:
    give_factor(home, world.coder)
    form = {"resets_factor": "true"} if resets else {}
    link = _link(_invite_again(browser.as_(world.admin), world.coder, **form))
    answer = Browser(home, browser.application).post(link, data={"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert answer.headers["location"] == ("/" if resets else "/sign-in/code?next=%2F")
    with home.data.read() as db:
        assert (db.get_one(Person, world.coder.id).totp_ct is None) is resets


def test_the_study_sees_that_somebody_was_invited_again(world: World, browser: Browser) -> None:
    _invite_again(browser.as_(world.admin), world.coder, resets_factor="true")
    assert "person.invited" in browser.as_(world.pi).get("/studies/demo/audit").text
