"""Fixtures: a fresh home per test on the chosen backend, its people, a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser as Chrome

from qualcoder.home import Home
from tests import demos, homes, postgresql, programs, served
from tests.demos import MakeDemo
from tests.homes import Backend, Browser, Template, Worker, World

TemplateOf = Callable[[Backend], Template]


# A busy machine is no fault: nothing here fails for taking long.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--backend",
        choices=[backend.value for backend in Backend],
        default=Backend.WAL.value,
        help="what tests without the mark both_backends run on",
    )
    parser.addoption("--fuzz", type=int, default=200, help="how many broken files each importer is given")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Figures that tests recorded as `measured`: nothing is timed in an assertion, but what was measured is shown."""
    for report in terminalreporter.getreports("passed"):
        for name, value in getattr(report, "user_properties", ()):
            if name == "measured":
                terminalreporter.write_line(str(value))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_backends: run on SQLite in both journal modes and on PostgreSQL")
    config.addinivalue_line("markers", "journey: drives a browser; slow")
    config.addinivalue_line("markers", "slow: more than a few seconds; `make check` leaves it out")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    is_marked = metafunc.definition.get_closest_marker("both_backends") is not None
    if is_marked and "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", list(Backend), ids=[backend.value for backend in Backend])


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> Backend:
    """What `--backend` names; tests marked both_backends get each in turn instead."""
    return Backend(request.config.getoption("--backend"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgresql.Cluster]:
    """A PostgreSQL of this test process. Started when a test first asks."""
    binaries = postgresql.find_binaries()
    if binaries is None:
        programs.skip_or_fail("PostgreSQL is not installed")
        return
    with postgresql.running(binaries) as started:
        yield started


@pytest.fixture(scope="session")
def template_of(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> TemplateOf:
    """A migrated home with keys per backend, made once."""
    known: dict[Backend, Template] = {}

    def find(backend: Backend) -> Template:
        if backend not in known:
            server = None if backend.is_sqlite else request.getfixturevalue("cluster")
            known[backend] = homes.make_template(backend, tmp_path_factory.mktemp(backend.value), server)
        return known[backend]

    return find


@pytest.fixture(scope="session")
def demo_copy(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> MakeDemo:
    """Makes a demo of one's own in a folder, to be served on a port: a copy, since making one takes a minute."""
    return demos.copying(tmp_path_factory, is_one_of_many=worker_id != "master")


@pytest.fixture
def home(backend: Backend, template_of: TemplateOf, tmp_path: Path) -> Iterator[Home]:
    """A fresh, migrated, unsealed home."""
    with homes.copied(template_of(backend), tmp_path / "home") as fresh:
        yield fresh


@pytest.fixture
def make_home(backend: Backend, template_of: TemplateOf, tmp_path: Path) -> Iterator[Callable[[], Home]]:
    """Further homes, each a copy of its own with the same root key."""
    with ExitStack() as stack:
        made: list[Home] = []

        def make() -> Home:
            made.append(stack.enter_context(homes.copied(template_of(backend), tmp_path / f"home{len(made) + 1}")))
            return made[-1]

        yield make


@pytest.fixture
def world(home: Home) -> World:
    """A study with somebody in every role."""
    return homes.world_of(home)


@pytest.fixture
def browser(home: Home) -> Browser:
    """A browser nobody has signed in with; `browser.as_(world.pi)` is one of the PI."""
    return homes.client(home)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Chrome]:
    """A real browser. One for the whole run: a process can drive no second one meanwhile."""
    with served.chromium() as started:
        yield started


@pytest.fixture
def worker(home: Home) -> Worker:
    """Does all unfinished jobs here and now."""
    return lambda: homes.work_off(home)
