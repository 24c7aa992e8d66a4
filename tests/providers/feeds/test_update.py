"""Whatever a server does, the last good list stays in use and the state says why."""

import signal
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from filelock import FileLock

from sekisho.link import host_link
from sekisho.providers.feeds import update as module
from sekisho.providers.feeds.build import build_file
from sekisho.providers.feeds.download import Limits
from sekisho.providers.feeds.index import load_index
from sekisho.providers.feeds.spec import FeedSpec, Form
from sekisho.providers.feeds.state import FOLDER, FeedState
from sekisho.providers.feeds.update import FeedFolderError, FeedOutcome, Feeds, Result, Step
from tests.providers.feeds.conftest import Site

LIST = b"".join(b"bad%d.example\n" % number for number in range(20))


class DeskSummary:
    """A state folder, a clock, and feeds of the test's server."""

    def __init__(self, state: Path, site: Site) -> None:
        self.state, self.site, self.now = state, site, 1_000_000.0
        self.shared = frozenset({"weebly.com"})
        self.specs = [self.spec("one")]

    def spec(self, slug: str, **fields: object) -> FeedSpec:
        wanted = {"url": f"{self.site.url}/{slug}", "form": Form.DOMAINS, "hours": 1, **fields}
        return FeedSpec(slug, slug.title(), **wanted)  # type: ignore[arg-type]

    @property
    def feeds(self) -> Feeds:
        limits = Limits(2.0, 3.0, 5.0)
        return Feeds(
            self.state, self.specs, self.shared, limits=limits, clock=lambda: self.now, chance=lambda: 0.5
        )

    def update(self, force: bool = False) -> list[FeedOutcome]:
        self.now += 2 * 3600
        return self.feeds.update(force)

    def hit(self, host: str) -> float | None:
        found = load_index(self.state, self.specs).find(host_link(host))
        return found.fetched if found else None


@pytest.fixture(autouse=True)
def build_near(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build in this process, which is quicker and comes to the same (test_build); where a test asks, apart."""
    if "apart" not in request.node.name:
        monkeypatch.setattr(module, "build_apart", lambda *job, cancel_token: build_file(*job))


@pytest.fixture
def house(tmp_path: Path, site: Site) -> DeskSummary:
    return DeskSummary(tmp_path / "state", site)


def test_a_list_comes_is_built_apart_and_is_asked(house: DeskSummary) -> None:
    house.site.serve("/one", LIST, ETag='"1"')
    outcome = house.update()[0]
    assert (outcome.result, outcome.state.count, outcome.state.error) == (Result.NEW, 20, "")
    assert house.hit("www.bad7.example") == house.now
    assert (outcome.state.tried, outcome.state.good, outcome.state.next_try) == (
        *[house.now] * 2,
        house.now + 3600,
    )
    assert house.feeds.states() == {"one": outcome.state}
    assert sorted(path.suffix for path in (house.state / FOLDER).iterdir() if path.name != ".lock") == [
        ".hosts",
        ".json",
    ]


def test_what_is_not_due_is_not_asked(house: DeskSummary) -> None:
    house.site.serve("/one", LIST)
    assert [spec.slug for spec in house.feeds.due(house.now)] == ["one"]
    house.update()
    assert house.feeds.due(house.now + 3599) == []
    assert house.feeds.update()[0].result is Result.NOT_DUE
    assert len(house.site.asked) == 1
    assert house.feeds.update(force=True)[0].result is Result.NEW
    assert len(house.site.asked) == 2


def test_an_unchanged_list_is_confirmed(house: DeskSummary) -> None:
    """The warning names when the list was last known to be true."""
    house.site.serve("/one", LIST, ETag='"1"')
    house.update()
    house.site.serve("/one", b"", 304)
    outcome = house.update()[0]
    assert (outcome.result, outcome.state.count) == (Result.SAME, 20)
    assert house.site.asked[-1][1]["If-None-Match"] == '"1"'
    assert house.hit("bad7.example") == house.now


def test_a_new_list_replaces_the_old_one_and_its_file(house: DeskSummary) -> None:
    house.site.serve("/one", LIST)
    house.update()
    house.site.serve("/one", LIST.replace(b"bad7", b"new7"))
    assert house.update()[0].result is Result.NEW
    assert house.hit("bad7.example") is None
    assert house.hit("new7.example")
    house.update()
    assert len(list((house.state / FOLDER).glob("*.hosts"))) <= 2


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"<html>log in</html>", 200, "a web page came instead of the list"),
        (b"\0\1\2", 200, "no text"),
        (b"", 200, "it is empty"),
        (b"no hosts at all\n" * 9, 200, "9 of 9 lines name no host"),
        (b"bad1.example\n", 200, "it has shrunk from 20 entries to 1"),
        (b"", 503, "status 503"),
        (b"", 404, "perhaps the list has moved"),
    ],
)
def test_the_last_good_list_stays(house: DeskSummary, body: bytes, status: int, sentence: str) -> None:
    house.site.serve("/one", LIST)
    good = house.update()[0].state
    house.site.serve("/one", body, status)
    outcome = house.update()[0]
    assert outcome.result is Result.FAILED
    assert sentence in outcome.state.error
    assert outcome.state == FeedState(
        house.now, good.good, house.now + 300, 1, outcome.state.error, good.made_by, good.parts
    )
    assert house.hit("bad7.example") == good.good
    again = house.update()[0].state
    assert (again.failures, again.next_try) == (2, house.now + 600)
    house.site.serve("/one", LIST)
    assert (mended := house.update()[0].state).error == ""
    assert mended.failures == 0


def test_a_shorter_list_is_taken_by_force_or_where_its_length_varies(house: DeskSummary) -> None:
    house.specs.append(house.spec("two", varies=True))
    for path in ("/one", "/two"):
        house.site.serve(path, LIST)
    house.update()
    for path in ("/one", "/two"):
        house.site.serve(path, b"bad1.example\n")
    assert [outcome.result for outcome in house.update()] == [Result.FAILED, Result.NEW]
    assert house.update(force=True)[0].state.count == 1


def test_one_dead_feed_does_not_hold_up_the_others(house: DeskSummary) -> None:
    house.specs = [house.spec("dead"), *(house.spec(f"f{number}") for number in range(6))]
    for number in range(6):
        house.site.serve(f"/f{number}", b"bad%d.example\n" % number)
    outcomes = house.update()
    assert [outcome.spec.slug for outcome in outcomes] == [spec.slug for spec in house.specs]
    assert [outcome.result for outcome in outcomes] == [Result.FAILED, *[Result.NEW] * 6]
    assert all(house.hit(f"bad{number}.example") for number in range(6))


def test_a_list_in_months(house: DeskSummary) -> None:
    """The newest month often is not there yet; those that are over do not change."""
    form = {"form": Form.CSV, "field": "URL", "months": 3, "url": house.site.url + "/{year}{month}.csv"}
    house.specs = [house.spec("jp", **form)]
    for month in (197001, 196912):
        house.site.serve(f"/{month}.csv", b"date,URL\n1,https://bad%d.example/\n" % month, ETag=f'"{month}"')
    house.now = 32 * 86400.0  # in February 1970
    outcome = house.update()[0]
    assert (outcome.result, outcome.state.count) == (Result.NEW, 2)
    house.site.serve("/196912.csv", b"", 304)
    house.site.serve("/197002.csv", b"date,URL\n1,https://bad197002.example/\n")
    assert house.update()[0].state.count == 3
    for month in (197002, 197001, 196912):
        assert house.hit(f"bad{month}.example") == house.now
    house.now += 31 * 86400
    house.site.serve("/197001.csv", b"", 304)
    assert [part.url[-10:] for part in house.update()[0].state.parts] == ["197002.csv", "197001.csv"]
    assert house.hit("bad196912.example") is None


def test_new_platforms_make_the_list_anew(house: DeskSummary) -> None:
    """Else an entry that names a platform of tomorrow would stay for as long as the server says 304."""
    house.site.serve("/one", LIST + b"platform.example\n", ETag='"1"')
    house.update()
    assert house.hit("user.platform.example")
    house.shared = frozenset({"weebly.com", "platform.example"})
    assert house.update()[0].result is Result.NEW
    assert "If-None-Match" not in house.site.asked[-1][1]
    assert house.hit("user.platform.example") is None


def test_a_lost_file_is_fetched_again(house: DeskSummary) -> None:
    house.site.serve("/one", LIST, ETag='"1"')
    house.update()
    for path in (house.state / FOLDER).glob("*.hosts"):
        path.write_bytes(b"damaged")
    assert house.update()[0].result is Result.NEW
    assert "If-None-Match" not in house.site.asked[-1][1]
    assert house.hit("bad7.example")


def test_remains_of_an_update_that_was_cut_off_go(house: DeskSummary) -> None:
    folder = house.state / FOLDER
    folder.mkdir(parents=True)
    for name in ("one-1.part", "one-1.hosts", ".one.json.x.tmp"):
        (folder / name).write_bytes(b"x")
    house.site.serve("/one", LIST)
    house.update()
    assert not [name for name in ("one-1.part", "one-1.hosts", ".one.json.x.tmp") if (folder / name).exists()]


def test_progress_is_told(house: DeskSummary) -> None:
    house.site.serve("/one", LIST)
    steps: list[Step] = []
    house.feeds.update(progress=steps.append)
    assert [step.what for step in steps] == ["downloads", "reads", "done"]
    assert (steps[0].done, steps[0].announced) == (len(LIST), len(LIST))


def test_it_stops_at_once(house: DeskSummary) -> None:
    """The proxy ends in a second, whatever a server is doing."""
    reached = threading.Event()

    def silent(_: BaseHTTPRequestHandler) -> None:
        reached.set()
        time.sleep(3)

    house.site.answers["/one"] = silent
    feeds = house.feeds
    outcomes: list[FeedOutcome] = []
    worker = threading.Thread(target=lambda: outcomes.extend(feeds.update()))
    worker.start()
    assert reached.wait(5)
    feeds.stop()
    worker.join(1)
    assert not worker.is_alive()
    assert outcomes[0].result is Result.FAILED
    assert feeds.states()["one"] == FeedState()  # it is due again at the next start


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, even where the tests were started with SIGINT ignored (nohup, ``&``)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_person_who_presses_control_c_does_not_wait(house: DeskSummary) -> None:
    main = threading.get_ident()

    def silent(_: BaseHTTPRequestHandler) -> None:
        signal.pthread_kill(main, signal.SIGINT)
        time.sleep(3)

    house.site.answers["/one"] = silent
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        house.feeds.update()
    assert time.monotonic() - began < 1.5


def test_two_programs_do_not_update_at_once(house: DeskSummary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.05)
    (house.state / FOLDER).mkdir(parents=True)
    with (
        FileLock(house.state / FOLDER / ".lock"),
        pytest.raises(FeedFolderError, match="updated by another program"),
    ):
        house.update()


def test_a_folder_that_cannot_be_used_is_told(house: DeskSummary) -> None:
    house.state.parent.mkdir(exist_ok=True)
    house.state.write_bytes(b"a file")
    with pytest.raises(FeedFolderError, match=r"state/feeds cannot be written \(.*check who owns it"):
        house.update()
