"""The real program for tests in a browser: `qualcoder serve` with its worker, and a Chromium that notes every fault."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

from tests.programs import require_program

ROOT = Path(__file__).resolve().parents[1]
CHEAP_MIB = "19"
STARTS_WITHIN = 300.0
# A step waits for what the page shows of it, on a machine that has little time for us too.
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# The program ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Served:
    """A serving process: where it answers, and with which environment commands reach the same home."""

    url: str
    home: Path
    environment: Mapping[str, str]
    log: Path
    process_id: int

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `qualcoder ...` on this home."""
        return command(self.environment, *arguments)


def environment_of(home: Path, port: int, **more: str) -> dict[str, str]:
    """The environment of a home: a keyfile beside it, cheap Argon2id, this port."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("QUALCODER_")}
    return {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "QUALCODER_HOME": str(home),
        "QUALCODER_PORT": str(port),
        "QUALCODER_KEYFILE": str(home.parent / f"{home.name}.key"),
        "QUALCODER_PASSPHRASE_MEMORY_MIB": CHEAP_MIB,
        "QUALCODER_PASSWORD_MEMORY_MIB": CHEAP_MIB,
        **more,
    }


def command(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qualcoder", *arguments],
        env=dict(environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[Served]:
    """Serve a home that exists until the block ends."""
    home = Path(environment["QUALCODER_HOME"])
    log = home.parent / f"{home.name}.log"
    url = f"http://127.0.0.1:{environment['QUALCODER_PORT']}"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "qualcoder", "serve"],
            env=dict(environment),
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_served(process, url, log)
        yield Served(url, home, environment, log, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_served(process: subprocess.Popen[bytes], url: str, log: Path, *, within: float = STARTS_WITHIN) -> None:
    """Return as soon as the process answers."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=20):  # noqa: S310  # our own server on this machine
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start: {log.read_text('utf-8', 'replace')[-2000:]}")


# The browser ------------------------------------------------------------------------------------


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine, or a skip that names it."""
    program = require_program("headless chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True)
class Troubles:
    """What went wrong in the browsers of a test: console errors, refused loads, crashes, answers of 500 and above."""

    found: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)

    def expect(self, *patterns: str) -> None:
        """These are part of the test from here on."""
        self.expected += [re.compile(pattern) for pattern in patterns]

    def add(self, trouble: str) -> None:
        if not any(pattern.search(trouble) for pattern in self.expected):
            self.found.append(trouble)

    def check(self) -> None:
        """Fail if there was any."""
        assert not self.found, "\n".join(self.found)

    def watch(self, context: BrowserContext) -> None:
        """Note whatever goes wrong in any page of a context."""
        # Functions, not methods: the listener is written into the object of a method, which slots refuse.
        context.on("console", lambda message: self._said(message))
        context.on("weberror", lambda problem: self.add(f"script error: {problem.error}"))
        context.on("response", lambda response: self._answered(response))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            self.add(f"console {message.type}: {message.text} at {message.location.get('url', '')}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.add(f"{response.status} from {response.request.method} {response.url}")


@contextmanager
def visiting(
    browser: Browser, served: Served, troubles: Troubles, *, language: str = "en", token: str = "", dark: bool = False
) -> Iterator[Page]:
    """A page in a browser of its own, as a person who has never been here; with `token`, one who is signed in."""
    context = browser.new_context(
        base_url=served.url,
        locale=language,
        color_scheme="dark" if dark else "light",
        viewport={"width": 1440, "height": 900},
        accept_downloads=True,
    )
    troubles.watch(context)
    if token:
        # Each cookie opens what its token is for.
        context.add_cookies([{"name": name, "value": token, "url": served.url} for name in ("qc", "qc-pending")])
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        yield page
    finally:
        context.close()


def texts(page: Page, selector: str) -> Sequence[str]:
    """The words of every element of a selector, in the page's order."""
    return page.locator(selector).all_inner_texts()
