"""One study told through the pages and the command line, with a canary in everything that is sealed.

The story knows an address and a home, not how they are served: it runs against `qualcoder serve` as well as inside
this process. What no page can write yet (a note about a respondent) goes through the service that the pages call.
"""

from __future__ import annotations

import contextlib
import io
import json
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import httpx
import pytest
import yaml
from sqlmodel import col, select

from qualcoder import cli
from qualcoder.accounts import people
from qualcoder.accounts import service as accounts
from qualcoder.accounts.access import study_by_slug
from qualcoder.accounts.models import Person
from qualcoder.accounts.permissions import Act
from qualcoder.anonymise.models import Entity
from qualcoder.anonymise.service import pseudonym_of
from qualcoder.codebooks.queries import codes_of
from qualcoder.home import Home
from qualcoder.interviews import service as interviews
from qualcoder.interviews.models import Category, Interview, LinkType
from qualcoder.interviews.service import NewInterview, NewLink, NewRespondent
from qualcoder.interviews.targets import ConsentScope, InterviewDetails, LinkKind, LinkTarget
from qualcoder.races.queries import round_ids
from qualcoder.transcripts.models import Transcript, TranscriptState
from qualcoder.vault import hashing
from tests.canaries.asking import address_of, done, flag_and_decide, set_up_factor
from tests.canaries.remarks import remark
from tests.canaries.second_reading import finding, read_by_two, settle
from tests.interviews.making import RACES

STUDY = "canaries"
PATIENCE_SECONDS = 600
OpenBrowser = Callable[[], httpx.Client]


@dataclass(slots=True)
class Story:
    """What was written, and every answer that was an error."""

    home: Home
    open_browser: OpenBrowser
    work: Callable[[], object]
    words: dict[str, str]
    folder: Path
    keyfile: Path
    errors: list[httpx.Response] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    browsers: list[httpx.Client] = field(default_factory=list)

    def __enter__(self) -> Story:
        return self

    def __exit__(self, *_error: object) -> None:
        for browser in self.browsers:
            browser.close()

    # Talking ------------------------------------------------------------------------------

    def visitor(self) -> httpx.Client:
        """A browser nobody has signed in with; it keeps the answers that are errors."""
        browser = self.open_browser()
        self.browsers.append(browser)
        browser.event_hooks["response"].append(self._keep)
        return browser

    def _keep(self, response: httpx.Response) -> None:
        if response.status_code >= 400:
            response.read()
            self.errors.append(response)

    def member(self, link: str, password: str) -> httpx.Client:
        """Somebody who follows an invitation and sets a password."""
        browser = self.visitor()
        browser.headers["Origin"] = address_of(browser)
        path = "/invitation/" + link.rpartition("/")[2]
        self.tokens.append(path.rpartition("/")[2])
        done(browser.get(path), 200)
        done(browser.post(path, data={"password": password, "again": password}))
        token = browser.cookies["qc"]
        self.tokens.append(token)
        browser.headers["X-CSRF"] = hashing.csrf_token(token)
        self.words["secret of a second factor"], codes = set_up_factor(browser, password)
        self.tokens += codes
        return browser

    def command(self, *arguments: str, status: int = 0) -> str:
        """The command line, in this process; its answer is kept as well."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            patch.setenv("QUALCODER_KEYFILE", str(self.keyfile))
            patch.setenv("QUALCODER_HOME", str(self.home.settings.home))
            patch.setenv("QUALCODER_PASSPHRASE_MEMORY_MIB", "8")
            patch.setenv("QUALCODER_SQLITE_JOURNAL", self.home.settings.sqlite_journal)
            patch.setattr("sys.argv", ["qualcoder", *arguments])
            with pytest.raises(SystemExit) as ended:
                cli.main()
        assert ended.value.code == status, (arguments[:2], err.getvalue())
        self.said.append(err.getvalue())
        return out.getvalue()


@dataclass(slots=True)
class Cast:
    """The browsers of the story."""

    admin: httpx.Client
    pi: httpx.Client
    coder: httpx.Client


def tell(story: Story) -> Cast:
    """Everything from the first administrator to the downloaded export."""
    cast = _people(story)
    _material(story, cast)
    first = _upload(story, cast.pi, "first", story.words["name of a file"], _first_text(story.words), utf="utf-8")
    _interview_that_has_no_page(story)
    _review(story, cast.pi, first)
    second = _upload(story, cast.pi, "second", "b.txt", _plain(story.words["answer in a UTF-16 file"]), utf="utf-16")
    _release(story, cast.pi, second)
    russian = _plain(story.words["answer in a Windows-1251 file"], language="ru")
    _release(story, cast.pi, _upload(story, cast.pi, "third", "c.txt", russian, utf="cp1251"))
    waiting = _plain(story.words["answer that waits for review"])
    _upload(story, cast.pi, "fourth", "d.txt", waiting, utf="utf-8")
    _at_the_command_line(story)
    _code(story, cast.coder, first)
    flag_and_decide(cast.coder, cast.pi, STUDY, first, story.words)
    _export(story, cast.pi)
    _note_what_was_made(story)
    return cast


def _people(story: Story) -> Cast:
    w = story.words
    with story.home.data.transaction() as db:
        first = people.create_person(db, w["admin address"], w["admin name"], is_admin=True)
        link = accounts.invite(db, None, first)
    admin = story.member(link, w["password of the admin"])
    done(admin.post("/studies", data={"slug": STUDY, "title": w["study title"]}))
    pi = story.member(
        _invite(admin, w["pi address"], w["pi name"], "pi"),
        w["password of the pi"],
    )
    coder = story.member(_invite(pi, w["coder address"], w["coder name"], "coder"), "an invented password of a coder")
    secret = w["passphrase of the identity vault"]
    done(pi.post(f"/studies/{STUDY}/identity", data={"passphrase": secret, "again": secret}))
    done(pi.post(f"/studies/{STUDY}/settings", data={"may_accept_all": "true"}))
    return Cast(admin, pi, coder)


def _invite(browser: httpx.Client, email: str, name: str, role: str) -> str:
    page = done(browser.post(f"/studies/{STUDY}/people", data={"email": email, "name": name, "role": role}), 200)
    return page.text.partition('<code class="wrap">')[2].partition("</code>")[0]


def _material(story: Story, cast: Cast) -> None:
    w = story.words
    code = {
        "code": "QANAR",
        "parent": None,
        "stata": w["Stata name"],
        "label": {
            "en": w["code name in English"],
            "ru": w["code name in Russian"],
            "kk": w["code name in Kazakh"],
        },
        "definition": {"en": "", "ru": "", "kk": w["definition"]},
        "include": {"en": "", "ru": "", "kk": w["when to use"]},
        "exclude": {"en": "", "ru": "", "kk": w["when not to use"]},
        "example": {"en": "", "ru": "", "kk": w["example"]},
        "aliases": {"en": [w["alias in English"]], "ru": [w["alias in Russian"]], "kk": [w["alias in Kazakh"]]},
    }
    title = {"en": "Invented", "ru": "Выдуманная", "kk": w["name of the codebook"]}
    book = yaml.safe_dump({"format": 1, "slug": "canaries", "title": title, "codes": [code]}, allow_unicode=True)
    done(cast.pi.post(f"/studies/{STUDY}/codebook", files={"file": ("book.yaml", book.encode())}))
    for name in ("name of a round", "round in the log of the codebook"):
        done(cast.pi.post(f"/studies/{STUDY}/codebook/freeze", data={"round": w[name]}))
        done(cast.pi.post(f"/studies/{STUDY}/codebook/thaw"))
    races = {"file": ("races.csv", (RACES / "koyandy_race.csv").read_bytes())}
    done(cast.pi.post(f"/studies/{STUDY}/races/import", files=races), 200)


# Transcripts --------------------------------------------------------------------------------


def _first_text(w: dict[str, str]) -> str:
    asks, answers = w["label of the interviewer"], w["label of the respondent"]
    name = w["name that was found"]
    return "\n".join(
        [
            f"{asks}: Сіз осы ауылда тұрасыз ба, {w['question']} туралы не білесіз?",
            f"{answers}: {w['first words of an answer']} деген сөз бар. Менің атым {name}, осында тұрамын. "
            f"Бізде {w['middle of an answer']} болған, оны бәрі біледі. Соңында {w['end of an answer']}",
            f"{asks}: Сайлау қалай өтті?",
            f"{answers}: Сайлауда {w['second answer']} көп болды, {w['name marked by hand']} келді. "
            f"Менің нөмірім +7 700 000 00 12, поштам oydantap@example.org, ИИН 990101400003.",
            f"{answers}: Бұл жерде {w['hidden hyphen in the source file']} жазылған.",
            f"{asks}: Рақмет, {w['last turn']} осымен бітті.",
        ]
    )


def _plain(word: str, language: str = "kk") -> str:
    if language == "ru":
        return f"Интервьюер: Что вы помните о выборах?\nРеспондент: Помню, что {word} была у всех на устах.\n"
    return f"Сұхбаткер: Сайлау туралы не білесіз?\nРеспондент: Мен {word} туралы ғана білемін.\n"


def _upload(story: Story, browser: httpx.Client, race: str, name: str, text: str, *, utf: str) -> UUID:
    raw = text.encode(utf)
    fields = {
        "title": story.words["title of a transcript"],
        "category": "tec_official",
        "held_on": "1987-06-05",
        "place": story.words["place of the interview"],
        "consent": "true",
        "race": "KOY-2022-2" if race == "first" else "",
        "link_type": "observer_of",
    }
    answer = done(browser.post(f"/studies/{STUDY}/upload", data=fields, files={"file": (name, raw)}))
    path = answer.headers["location"]
    page = done(browser.get(path), 200)
    speakers = {"speaker-0": "interviewer", "speaker-1": "respondent", "seen_version": _seen(page)}
    done(browser.post(path, data=speakers))
    transcript_id = UUID(path.split("/")[2])
    story.work()
    wait_for(story, browser, f"/transcripts/{transcript_id}/status")
    return transcript_id


def wait_for(story: Story, browser: httpx.Client, path: str) -> httpx.Response:
    """Ask until the page goes on by itself or says that it is ready."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        page = browser.get(path, headers={"X-Background": "1"})
        if page.status_code == 303 or (page.status_code == 200 and "/file" in page.text):
            return page
        story.work()
        time.sleep(0.2)
    raise AssertionError(f"nothing came of {path}")


def _seen(page: httpx.Response) -> str:
    return page.text.partition('name="seen_version" value="')[2].partition('"')[0]


def _review(story: Story, browser: httpx.Client, transcript_id: UUID) -> None:
    w = story.words
    path = f"/transcripts/{transcript_id}"
    done(browser.get(f"{path}/review"), 200)
    for label, decision in (
        ("CONTACT", {"decision": "accept", "replacement": w["replacement"]}),
        ("ID", {"decision": "keep", "reason": w["reason to keep"]}),
    ):
        done(browser.post(f"{path}/findings/{finding(story.home, transcript_id, label)}", data=decision))
    known = settle(story.home, browser, transcript_id, w["name that was found"], w["name marked by hand"])
    if w["name marked by hand"] not in known:
        done(browser.post(f"{path}/mark", data={"words": w["name marked by hand"], "label": "PERSON"}))
    done(browser.post(f"{path}/mark", data={"words": "Сайлауда", "label": "PLACE_FINE"}))
    reason = w["reason of the first reader"]
    read_by_two(story.home, browser, transcript_id, reason, w["admin address"])
    _release(story, browser, transcript_id)


def _release(story: Story, browser: httpx.Client, transcript_id: UUID) -> None:
    path = f"/transcripts/{transcript_id}"
    settle(story.home, browser, transcript_id, story.words["name that was found"], story.words["name marked by hand"])
    done(browser.post(f"{path}/accept-all"))
    page = done(browser.get(f"{path}/review"), 200)
    with story.home.data.read() as db:
        coder = people.find_by_email(db, unicodedata.normalize("NFC", story.words["coder address"]))
    assert coder is not None
    done(browser.post(f"{path}/publish", data={"seen_version": _seen(page), "coders": [str(coder.id)]}))


def _interview_that_has_no_page(story: Story) -> None:
    w = story.words
    new = NewInterview(
        InterviewDetails("1987-06-05", w["place of the interview"], "kk"),
        ConsentScope(quote=True, share=False, archive=False, until="2087-06-05", note=w["note of the consent"]),
        (
            NewRespondent(
                Category.TEC,
                note=w["note about a respondent"],
                speaker_labels=(w["speaker label of a participation"],),
            ),
        ),
        (NewLink("KOY-2022-1", LinkType.OBSERVER),),
    )
    with story.home.data.transaction() as db:
        pi = people.find_by_email(db, people.normal_email(w["pi address"]))
        assert pi is not None
        interviews.create_interview(db, study_by_slug(db, pi, STUDY, Act.UPLOAD), new)


def _at_the_command_line(story: Story) -> None:
    w = story.words
    title = ("--title", w["study title given at the command line"])
    story.command("study", "create", "second", *title, "--as", w["admin address"], "--allow-accept-all")
    who = (w["address given at the command line"], "--name", w["name given at the command line"])
    story.command("person", "add", *who, "--role", "pi", "--study", STUDY, "--as", w["pi address"])
    file = story.folder / w["name of a file given at the command line"]
    file.write_text(_plain(w["answer in a file of the command line"]), "utf-8")
    say = ("--study", STUDY, "--as", w["pi address"])
    story.command("transcripts", "upload", str(file), *say, "--category", "voter", "--json")
    story.command("transcripts", "upload", str(file), *say, "--category", "voter", status=2)
    story.command("review", "accept-all", "T-099", *say, status=2)
    story.command("audit", "verify", "--json")
    file.unlink()


# Coding and figures -------------------------------------------------------------------------


def codable(home: Home, transcript_id: UUID) -> tuple[int, int, UUID]:
    """Version number and length of a released transcript, and the code of the story."""
    with home.data.read() as db:
        transcript = db.get_one(Transcript, transcript_id)
        assert transcript.state is TranscriptState.CODABLE
        return transcript.text_number, transcript.n_chars, codes_of(db, transcript.study_id)[0].id


def _code(story: Story, browser: httpx.Client, transcript_id: UUID) -> None:
    w = story.words
    version, length, code_id = codable(story.home, transcript_id)
    page = done(browser.get(f"/transcripts/{transcript_id}"), 200)
    for name in ("question", "middle of an answer", "end of an answer", "second answer", "last turn", "replacement"):
        assert w[name] in page.text, f"{name} is not in the published text"
    for name in ("name that was found", "name marked by hand", "label of the respondent", "title of a transcript"):
        assert w[name] not in page.text, f"{name} is in the published text"
    body = {"transcript_id": str(transcript_id), "version": version, "code_id": str(code_id), "start": 0}
    first = f"/codings/{uuid4()}"
    done(browser.put(first, content=json.dumps(body | {"end": 9, "memo": w["memo before it was changed"]})), 200)
    done(browser.patch(first, content=json.dumps({"version": version, "memo": w["memo"]})), 200)
    remark(story.home, w, browser, transcript_id, first)
    long = f"{'Ұзақ жазба. ' * 300}{w['long memo']}"
    done(browser.put(f"/codings/{uuid4()}", content=json.dumps(body | {"end": length, "memo": long})), 200)
    quote = {"version": str(version), "turn": "2", "quote": w["middle of an answer"], "code_id": str(code_id)}
    done(browser.post(f"/transcripts/{transcript_id}/codings", data=quote))
    question = urlencode({"step": "and", "code": str(code_id), "deep": "1", "within": "1", "by": "turns"})
    found = done(browser.get(f"/studies/{STUDY}/retrieve?{question}"), 200)
    assert w["middle of an answer"] in found.text
    kept = {"query": question, "name": w["name of a kept question"], "is_shared": "true"}
    done(browser.post(f"/studies/{STUDY}/retrieve/views", data=kept))
    gone = uuid4()
    done(browser.put(f"/codings/{gone}", content=json.dumps(body | {"end": 20})), 200)
    done(browser.delete(f"/codings/{gone}"), 200)


def _export(story: Story, browser: httpx.Client) -> None:
    done(browser.get(f"/studies/{STUDY}/matrix"), 200)
    for kind in ("csv", "xlsx", "dta"):
        asked = done(browser.post(f"/studies/{STUDY}/matrix/exports", data={"format": kind, "shape": "long"}))
        story.work()
        wait_for(story, browser, asked.headers["location"])
        content = done(browser.get(asked.headers["location"] + "/file"), 200).content
        if kind == "csv":
            story.words["line of the exported file"] = content.decode("utf-8-sig").splitlines()[1][:60]


def _note_what_was_made(story: Story) -> None:
    """The canaries that nobody chose: what the product itself makes and then seals."""
    w = story.words
    w["category"] = '"category": "tec_official"'
    w["date of the interview"] = "1987-06-05"
    w["end of the consent"] = "2087-06-05"
    w["what is exported"] = '"shape": "long"'
    w["form of a name"] = w["name that was found"]
    w["levels of a place"] = '["kind", {"en": "[village]", "kk": "[ауыл]"'
    w["replacement in the log"] = w["replacement"]
    with story.home.data.read() as db:
        pi = people.find_by_email(db, people.normal_email(w["pi address"]))
        assert isinstance(pi, Person)
        access = study_by_slug(db, pi, STUDY, Act.SEE_STUDY)
        race = round_ids(db, access.study.id, {"KOY-2022-2"})["KOY-2022-2"]
        target = LinkTarget(LinkKind.ROUND, race, LinkType.OBSERVER)
        w["link to a race"] = json.dumps(target.to_json(), sort_keys=True)
        entity = db.exec(select(Entity).where(col(Entity.name_ct).is_not(None))).first()
        assert entity is not None
        w["pseudonym"] = pseudonym_of(db, entity)
        interview = db.exec(select(Interview).order_by(col(Interview.number))).first()
        assert interview is not None
        who = interviews.respondents_of(db, access.study.id, [interview.id])[interview.id][0]
        w["who took part"] = f'"respondent_id": "{who.id}"'
