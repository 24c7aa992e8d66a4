"""IANA's list is read with care, kept, and renewed; an old one is better than none."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.providers.registration.answer import NoAnswerError, State
from sekisho.providers.registration.fetch import Fetcher, is_safe_url
from sekisho.providers.registration.server_list import (
    DAY,
    FILE_NAME,
    HOUR,
    KeptServers,
    ServerList,
    fresh_seconds,
    read_server_list,
)

from .conftest import NOW, Clock
from .servers import LIST_PATH, Answer, WebServer, list_answer


def listed(*services: object) -> bytes:
    return json.dumps({"version": "1.0", "services": services}).encode()


def test_the_longest_entry_wins() -> None:
    servers = read_server_list(
        listed(
            [["com", "NET."], ["https://rdap.example/com/v1/"]],
            [["uk"], ["https://rdap-uk.example"]],
            [["co.uk"], ["https://rdap-co.example/"]],
        )
    )
    assert servers.find("example.net") == "https://rdap.example/com/v1/"
    assert servers.find("example.uk") == "https://rdap-uk.example/"
    assert servers.find("example.co.uk") == "https://rdap-co.example/"
    assert servers.find("example.dcom") is None
    assert servers.hosts == {"rdap.example", "rdap-uk.example", "rdap-co.example"}


def test_https_is_taken_where_both_are_listed_and_plain_http_never() -> None:
    """Over plain http anybody on the way could say that a name is old."""
    servers = read_server_list(
        listed(
            [["org"], ["http://rdap.example/", "https://rdap.example/"]],
            [["net"], ["http://rdap.example/"]],
        )
    )
    assert servers.find("example.org") == "https://rdap.example/"
    assert servers.find("example.net") is None


def test_an_entry_that_cannot_be_used_is_left_out() -> None:
    servers = read_server_list(
        listed(
            [["org"], ["https://rdap.example/"]],
            [["a"], []],
            [["b"], ["ftp://rdap.example/", 3, "https://user@rdap.example/", "https://rdap.example/?q="]],
            ["c", "https://rdap.example/"],
            [[7, ""], ["https://rdap.example/"]],
        )
    )
    assert dict(servers.servers) == {"org": "https://rdap.example/"}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"3", b"{}", b'{"services": 3}', b'{"services": []}', b'{"services": [3]}',
     b'{"services": [[]]}', b'{"services": {"org": 1}}', b'{"services": [[["org"], ["http://a.example/"]]]}',
     b"\xff\xfe", b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_list_is_told(body: bytes) -> None:
    with pytest.raises(NoAnswerError, match="RDAP servers") as error:
        read_server_list(body)
    assert error.value.state is State.UNREADABLE


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("https://rdap.example/"),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)


@given(st.binary(max_size=200) | _JSON.map(lambda value: json.dumps({"services": value}).encode()))
def test_any_bytes_are_a_list_or_the_documented_error(body: bytes) -> None:
    try:
        servers = read_server_list(body)
    except NoAnswerError:
        return
    assert all(is_safe_url(base) and base.endswith("/") for base in servers.servers.values())


ASKED = f"GET {LIST_PATH}"


class Kept:
    """One run of the program: its list, and what it told of it."""

    def __init__(self, folder: Path, web: WebServer, clock: Clock) -> None:
        self.fetcher = Fetcher(5.0)
        self.sentence: list[NoAnswerError | None] = []
        self._sentence = asyncio.Event()
        self.servers = KeptServers(folder, f"{web.url}{LIST_PATH}", self.fetcher, clock, self._tell)

    def _tell(self, trouble: NoAnswerError | None) -> None:
        self.sentence.append(trouble)
        self._sentence.set()

    async def renewed(self) -> None:
        """Wait for a renewal that nobody else waits for."""
        async with asyncio.timeout(5):
            await self._sentence.wait()

    def run(self, act: Callable[[KeptServers], Awaitable[None]]) -> None:
        async def go() -> None:
            try:
                await act(self.servers)
            finally:
                await self.servers.close()
                await self.fetcher.close()

        asyncio.run(go())


def find(folder: Path, web: WebServer, clock: Clock, domain: str = "example.org") -> str | None:
    found: list[str | None] = []

    async def act(servers: KeptServers) -> None:
        found.append((await servers.current()).find(domain))

    Kept(folder, web, clock).run(act)
    return found[0]


def test_the_list_is_fetched_once_for_all_who_wait(tmp_path: Path, web: WebServer, clock: Clock) -> None:
    async def act(servers: KeptServers) -> None:
        lists = await asyncio.gather(*(servers.current() for _ in range(10)))
        assert all(one is lists[0] for one in lists)
        assert lists[0].find("example.org") == f"{web.url}/org/"

    Kept(tmp_path, web, clock).run(act)
    assert web.heard == [ASKED]


def test_a_fresh_list_serves_the_next_start(tmp_path: Path, web: WebServer, clock: Clock) -> None:
    find(tmp_path, web, clock)
    clock.now += 23 * HOUR
    assert find(tmp_path, web, clock) == f"{web.url}/org/"
    assert web.heard == [ASKED]
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_an_old_list_serves_while_it_is_renewed(tmp_path: Path, web: WebServer, clock: Clock) -> None:
    """No click waits for IANA once a day."""
    find(tmp_path, web, clock)
    clock.now += 25 * HOUR
    web.answers[LIST_PATH] = list_answer({"org": "https://new.example/"})
    kept = Kept(tmp_path, web, clock)

    async def act(servers: KeptServers) -> None:
        assert (await servers.current()).find("example.org") == f"{web.url}/org/"
        await kept.renewed()
        assert (await servers.current()).find("example.org") == "https://new.example/"

    kept.run(act)
    assert web.headers[1]["if-none-match"] == '"1"'
    assert kept.sentence == [None]


def test_a_list_that_has_not_changed_is_fresh_again(tmp_path: Path, web: WebServer, clock: Clock) -> None:
    find(tmp_path, web, clock)
    clock.now += 25 * HOUR
    web.answers[LIST_PATH] = Answer(b"", 304, {"Cache-Control": "max-age=172800"})
    kept = Kept(tmp_path, web, clock)

    async def act(servers: KeptServers) -> None:
        await servers.current()
        await kept.renewed()

    kept.run(act)
    clock.now += 47 * HOUR
    assert find(tmp_path, web, clock) == f"{web.url}/org/"
    assert web.heard == [ASKED, ASKED]


BAD = [
    (Answer(b"<html>"), State.UNREADABLE),
    (Answer(b'{"services": []}'), State.UNREADABLE),
    (Answer(b"", 500), State.UNREACHABLE),
    (Answer(b"", 403), State.REFUSED),
    (Answer(b"", 404), State.UNREADABLE),
    (Answer(b"", 429), State.RATE_LIMITED),
    (Answer(b"x" * 3_000_000), State.UNREADABLE),
]


@pytest.mark.parametrize(("answer", "state"), BAD)
def test_a_bad_download_keeps_the_last_good_list(
    tmp_path: Path, web: WebServer, clock: Clock, answer: Answer, state: State
) -> None:
    find(tmp_path, web, clock)
    clock.now += 30 * DAY
    web.answers[LIST_PATH] = answer
    kept = Kept(tmp_path, web, clock)

    async def act(servers: KeptServers) -> None:
        await servers.current()
        await kept.renewed()
        assert (await servers.current()).find("example.org") == f"{web.url}/org/"
        clock.now += 599
        await servers.current()

    kept.run(act)
    assert web.heard == [ASKED, ASKED]  # and is not tried again at once
    assert [error and error.state for error in kept.sentence] == [state]
    assert find(tmp_path, web, clock) == f"{web.url}/org/"


def test_where_there_never_was_a_list_it_is_told_and_tried_again(
    tmp_path: Path, web: WebServer, clock: Clock
) -> None:
    good = web.answers[LIST_PATH]
    web.answers[LIST_PATH] = Answer(b"", 500)

    async def act(servers: KeptServers) -> None:
        for _ in range(3):
            with pytest.raises(NoAnswerError, match=r"^the list of RDAP servers: 127\.0\.0\.1 answers that"):
                await servers.current()
        assert web.heard == [ASKED]
        clock.now += 31
        web.answers[LIST_PATH] = good
        assert isinstance(await servers.current(), ServerList)

    Kept(tmp_path, web, clock).run(act)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"body": 1, "url": "", "etag": "", "fresh_until": 1}', b"\xff", b'{"body": "x"'],
)
def test_a_damaged_file_is_replaced(
    tmp_path: Path, web: WebServer, clock: Clock, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert find(tmp_path, web, clock) == f"{web.url}/org/"
    assert FILE_NAME in caplog.text
    assert json.loads((tmp_path / FILE_NAME).read_bytes())["etag"] == '"1"'


def test_a_list_of_another_address_is_not_used(tmp_path: Path, web: WebServer, clock: Clock) -> None:
    find(tmp_path, web, clock)
    fields = json.loads((tmp_path / FILE_NAME).read_bytes())
    (tmp_path / FILE_NAME).write_text(json.dumps({**fields, "url": "https://other.example/dns.json"}))
    find(tmp_path, web, clock)
    assert web.heard == [ASKED, ASKED]


def test_a_clock_that_was_wrong_does_not_keep_a_list_for_ever(
    tmp_path: Path, web: WebServer, clock: Clock
) -> None:
    clock.now += 3650 * DAY
    find(tmp_path, web, clock)
    clock.now = NOW
    kept = Kept(tmp_path, web, clock)

    async def act(servers: KeptServers) -> None:
        await servers.current()
        await kept.renewed()

    kept.run(act)
    assert web.heard == [ASKED, ASKED]


def test_a_folder_that_cannot_be_written_costs_only_the_memory(
    tmp_path: Path, web: WebServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file in the way")
    with caplog.at_level(logging.WARNING):
        assert find(tmp_path / "state", web, clock) == f"{web.url}/org/"
    assert "cannot be written" in caplog.text


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, DAY),
        ({"Cache-Control": "public, max-age=7200"}, 7200.0),
        ({"Cache-Control": "max-age=7200", "Expires": "Tue, 24 Nov 2026 20:00:00 GMT"}, 7200.0),
        ({"Expires": "Tue, 24 Nov 2026 20:00:00 GMT"}, 10 * HOUR),
        ({"Expires": "0"}, DAY),
        ({"Cache-Control": "no-store"}, DAY),
        ({"Cache-Control": "max-age=0"}, HOUR),
        ({"Cache-Control": "max-age=999999999"}, 7 * DAY),
        ({"Expires": "Tue, 24 Nov 1998 20:00:00 GMT"}, HOUR),
    ],
)
def test_how_long_a_list_is_fresh(headers: dict[str, str], seconds: float) -> None:
    assert fresh_seconds(headers, NOW) == seconds
