"""The whole look-up, from a link to what is known, against servers that speak the real protocols."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sekisho.link import host_link, parse_link
from sekisho.providers.registration import registrations as registrations_module
from sekisho.providers.registration.answer import (
    Registration,
    State,
    find_evidence,
    parse_date,
    parse_japanese_day,
    registration_to_dict,
)
from sekisho.providers.registration.registrations import Registrations

from .conftest import NOW, Clock, Kept, Opened
from .servers import LIST_PATH, Answer, WebServer, WhoisServer, domain_answer, list_answer
from .test_protocols import GENERAL, ORGANISATION

ORG = "/org/domain/example.org"
DAY = 86_400.0


def run(opened: Opened, act: Callable[[Registrations], Awaitable[None]], **options: float) -> None:
    async def go() -> None:
        async with opened(**options) as registrations:
            await act(registrations)

    asyncio.run(go())


def ask(opened: Opened, url: str, **options: float) -> Registration:
    """One look-up by a process of its own."""
    found: list[Registration] = []

    async def act(registrations: Registrations) -> None:
        found.append(await registrations.ask(parse_link(url), wait=10))

    run(opened, act, **options)
    return found[0]


def test_a_name_of_three_days_ago_becomes_a_caution(web: WebServer, opened: Opened) -> None:
    web.answers[ORG] = domain_answer("example.org", "2026-11-21T08:30:00Z")
    found = ask(opened, "https://www.example.org/")
    assert found == Registration(
        "example.org", parse_date("2026-11-21T08:30:00Z"), "127.0.0.1", NOW, State.KNOWN
    )
    evidence = find_evidence(found, NOW)
    assert evidence is not None
    assert evidence.detail == "example.org was registered 3 days ago (2026-11-21), says 127.0.0.1"


def test_nothing_but_the_registrable_domain_leaves(web: WebServer, jprs: WhoisServer, opened: Opened) -> None:
    """Promise 4: no path, no query, no name before the domain, not even to a registry."""
    web.answers[ORG] = domain_answer("example.org")
    jprs.answers["example.co.jp/e"] = ORGANISATION.encode()

    async def act(registrations: Registrations) -> None:
        for url in (
            "https://mother.secret-host.example.org/private/path?token=hidden#part",
            "http://user:password@other.example.org:8443/",
            "https://taxes.example.co.jp/private?token=hidden",
        ):
            await registrations.ask(parse_link(url), wait=10)

    run(opened, act)
    assert web.heard == [f"GET {LIST_PATH}", f"GET {ORG}"]
    assert jprs.heard == [b"example.co.jp/e\r\n"]
    sent = repr((web.heard, web.headers, jprs.heard))
    for private in (
        "mother",
        "secret",
        "private",
        "token",
        "hidden",
        "user",
        "password",
        "8443",
        "other.",
        "taxes",
    ):
        assert private not in sent.replace("user-agent", "")


def test_idns_are_asked_about_in_ascii(web: WebServer, jprs: WhoisServer, opened: Opened) -> None:
    domain = "xn--wgv71a119e.com"
    web.answers[f"/com/domain/{domain}"] = domain_answer(domain)
    assert ask(opened, "https://日本語.com/").state is State.KNOWN
    jprs.answers["xn--wgv71a119e.jp/e"] = GENERAL.replace("EXAMPLE.JP", "日本語.JP", 1).encode("iso2022_jp")
    assert ask(opened, "https://日本語.jp/").state is State.KNOWN


@pytest.mark.parametrize(
    ("url", "form", "day"),
    [("www.example.jp", GENERAL, "2018/03/21"), ("www.example.co.jp", ORGANISATION, "2001/05/14")],
)
def test_jp_is_asked_at_jprs_and_needs_no_list(
    web: WebServer, jprs: WhoisServer, opened: Opened, url: str, form: str, day: str
) -> None:
    domain = url.removeprefix("www.")
    jprs.answers[f"{domain}/e"] = form.encode()
    found = ask(opened, url)
    assert (found.domain, found.registered_at, found.state) == (domain, parse_japanese_day(day), State.KNOWN)
    assert web.heard == []


@pytest.mark.parametrize(
    "host",
    ["192.0.2.1", "[2001:db8::1]", "localhost", "nas", "printer.local", "nas.home.arpa", "somebody.github.io",
     "github.io", "co.jp", "name.onion", "shop.example", "xn--0.com"],
)  # fmt: skip
def test_nobody_is_asked_about_what_is_private(
    web: WebServer, jprs: WhoisServer, opened: Opened, kept: Kept, host: str
) -> None:
    async def act(registrations: Registrations) -> None:
        found = await registrations.ask(host_link(host), wait=10)
        assert (found.state, found.registered_at) == (State.NOT_ASKED, None)

    run(opened, act)
    assert web.heard == []
    assert jprs.heard == []
    assert kept.facts == {}


STATES = [
    # what the registry answers, state of the name, state of the source
    (domain_answer("example.org"), State.KNOWN, "ok"),
    (domain_answer("example.org", None), State.UNDATED, "ok"),
    (Answer(b"", 404), State.UNREGISTERED, "ok"),
    (Answer(b"", 500), State.UNREACHABLE, "unreachable"),
    (Answer(drips=True), State.UNREACHABLE, "unreachable"),
    (Answer(b"", 403), State.REFUSED, "refused"),
    (Answer(b"", 429), State.RATE_LIMITED, "rate-limited"),
    (Answer(b"<html>"), State.UNREADABLE, "unreadable"),
    (Answer(b"x" * 300_000), State.UNREADABLE, "unreadable"),
    (Answer(b"", 302, {"Location": ORG}), State.UNREADABLE, "unreadable"),
    (Answer(b"", 302, {"Location": "http://rdap.example/"}), State.UNREADABLE, "unreadable"),
    (domain_answer("example.org", "2026-11-25T10:00:01Z"), State.UNREADABLE, "unreadable"),
    (domain_answer("other.org"), State.UNREADABLE, "unreadable"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "state", "noted"), STATES)
def test_each_answer_of_a_registry_has_its_state(
    web: WebServer, opened: Opened, kept: Kept, answer: Answer, state: State, noted: str
) -> None:
    web.answers[ORG] = answer
    found = ask(opened, "example.org", seconds=1.0)
    assert found.state is state
    assert (found.registered_at is None) == (state is not State.KNOWN)
    assert kept.state_of("rdap") == noted
    assert kept.state_of("rdap-servers") == "ok"
    sentence = next(sentence for source, _, sentence, _ in kept.notes if source == "rdap")
    assert sentence.startswith("127.0.0.1")
    assert "example.org" not in sentence


@pytest.mark.parametrize(
    ("answer", "state", "noted"),
    [
        (GENERAL, State.KNOWN, "ok"),
        (GENERAL.replace("2018/03/21", ""), State.UNDATED, "ok"),
        ("No match!!\n", State.UNREGISTERED, "ok"),
        ("", State.UNREACHABLE, "unreachable"),
        ("Query limit exceeded\n", State.RATE_LIMITED, "rate-limited"),
        ("Access denied\n", State.REFUSED, "refused"),
        ("garbage", State.UNREADABLE, "unreadable"),
        ("x" * 100_000, State.UNREADABLE, "unreadable"),
        (GENERAL.replace("2018/03/21", "2026/11/27"), State.UNREADABLE, "unreadable"),
    ],
)
def test_each_answer_of_jprs_has_its_state(
    jprs: WhoisServer, opened: Opened, kept: Kept, answer: str, state: State, noted: str
) -> None:
    jprs.answers["example.jp/e"] = answer.encode()
    assert ask(opened, "example.jp").state is state
    assert kept.state_of("jprs") == noted


def test_a_suffix_that_nobody_serves(web: WebServer, opened: Opened, kept: Kept) -> None:
    assert ask(opened, "example.net").state is State.UNSERVED
    assert web.heard == [f"GET {LIST_PATH}"]
    assert kept.facts == {}


def test_without_any_list_the_age_is_unknown_and_the_name_is_not_to_blame(
    web: WebServer, opened: Opened, kept: Kept
) -> None:
    web.answers[LIST_PATH] = Answer(b"<html>")
    assert ask(opened, "example.org").state is State.UNREADABLE
    assert kept.state_of("rdap-servers") == "unreadable"
    assert kept.facts == {}


def test_twenty_waiters_share_one_look_up(web: WebServer, opened: Opened) -> None:
    web.answers[ORG] = domain_answer("example.org")

    async def act(registrations: Registrations) -> None:
        links = [parse_link(f"https://host{number}.example.org/") for number in range(20)]
        found = await asyncio.gather(*(registrations.ask(link, wait=10) for link in links))
        assert {one.state for one in found} == {State.KNOWN}

    run(opened, act)
    assert web.heard.count(f"GET {ORG}") == 1


class Gate:
    """An answer that the registry holds back until it may give it."""

    def __init__(self, answer: Answer) -> None:
        self.asked = threading.Event()
        self.open = threading.Event()
        self._answer = answer

    def __call__(self) -> Answer:
        self.asked.set()
        self.open.wait(5)
        return self._answer


def test_a_click_waits_a_moment_and_the_look_up_goes_on(web: WebServer, opened: Opened) -> None:
    gate = Gate(domain_answer("example.org"))
    web.answers[ORG] = gate

    async def act(registrations: Registrations) -> None:
        link = parse_link("example.org")
        began = time.monotonic()
        assert (await registrations.ask(link, wait=0.05)).state is State.PENDING
        assert time.monotonic() - began < 2
        gate.open.set()
        assert (await registrations.ask(link, wait=10)).state is State.KNOWN

    run(opened, act)
    assert web.heard.count(f"GET {ORG}") == 1


def test_a_waiter_that_leaves_does_not_take_the_look_up_along(web: WebServer, opened: Opened) -> None:
    gate = Gate(domain_answer("example.org"))
    web.answers[ORG] = gate

    async def act(registrations: Registrations) -> None:
        link = parse_link("example.org")
        leaves = asyncio.create_task(registrations.ask(link, wait=10))
        stays = asyncio.create_task(registrations.ask(link, wait=10))
        assert await asyncio.to_thread(gate.asked.wait, 5)
        leaves.cancel()
        await asyncio.gather(leaves, return_exceptions=True)
        assert leaves.cancelled()
        gate.open.set()
        assert (await stays).state is State.KNOWN

    run(opened, act)
    assert web.heard.count(f"GET {ORG}") == 1


def test_closing_ends_what_is_under_way(web: WebServer, opened: Opened) -> None:
    gate = Gate(domain_answer("example.org"))
    web.answers[ORG] = gate

    async def act(registrations: Registrations) -> None:
        waits = asyncio.create_task(registrations.ask(parse_link("example.org"), wait=10))
        assert await asyncio.to_thread(gate.asked.wait, 5)
        began = time.monotonic()
        await registrations.close()
        assert (await waits).state is State.PENDING
        assert time.monotonic() - began < 2
        assert (await registrations.ask(parse_link("example.com"), wait=10)).state is State.PENDING

    try:
        run(opened, act)
    finally:
        gate.open.set()


def test_a_known_day_is_asked_for_once_in_months(web: WebServer, opened: Opened, clock: Clock) -> None:
    web.answers[ORG] = domain_answer("example.org")
    for days in (0, 1, 40):
        clock.now = NOW + days * DAY
        assert ask(opened, "example.org").state is State.KNOWN
    assert web.heard.count(f"GET {ORG}") == 1


def test_a_name_that_lapsed_is_young_again(web: WebServer, opened: Opened, clock: Clock) -> None:
    web.answers[ORG] = domain_answer("example.org", "2001-01-01T00:00:00Z")
    ask(opened, "example.org")
    clock.now += 91 * DAY
    web.answers[ORG] = domain_answer("example.org", "2027-02-20T00:00:00Z")
    assert ask(opened, "example.org").registered_at == parse_date("2027-02-20T00:00:00Z")


def test_an_old_day_is_better_than_no_answer(web: WebServer, opened: Opened, clock: Clock) -> None:
    web.answers[ORG] = domain_answer("example.org", "2001-01-01T00:00:00Z")
    ask(opened, "example.org")
    clock.now += 91 * DAY
    web.answers[ORG] = Answer(b"", 500)
    assert ask(opened, "example.org").registered_at == parse_date("2001-01-01T00:00:00Z")


def test_a_name_that_the_registry_learns_late_is_asked_about_again(
    web: WebServer, opened: Opened, clock: Clock
) -> None:
    """The first hours of a name are the hours of phishing."""
    assert ask(opened, "example.org").state is State.UNREGISTERED
    assert ask(opened, "example.org").state is State.UNREGISTERED
    assert web.heard.count(f"GET {ORG}") == 1
    clock.now += 3601
    web.answers[ORG] = domain_answer("example.org", "2026-11-24T10:30:00Z")
    assert ask(opened, "example.org").state is State.KNOWN


def test_a_server_that_fails_is_left_alone_and_the_name_is_not_to_blame(
    web: WebServer, opened: Opened, kept: Kept
) -> None:
    web.answers[ORG] = Answer(b"", 503, {"Retry-After": "3600"})

    async def act(registrations: Registrations) -> None:
        for domain in ("example.org", "example.org", "www.other-name.org"):
            found = await registrations.ask(parse_link(domain), wait=10)
            assert (found.state, found.source) == (State.UNREACHABLE, "127.0.0.1")

    run(opened, act)
    assert web.heard == [f"GET {LIST_PATH}", f"GET {ORG}"]
    assert kept.facts == {}


def test_a_server_is_asked_with_a_gap(web: WebServer, opened: Opened) -> None:
    async def act(registrations: Registrations) -> None:
        await registrations.start()
        names = ("example.org", "other-name.org", "third-name.org")
        began = time.monotonic()
        await asyncio.gather(*(registrations.ask(parse_link(name), wait=10) for name in names))
        assert time.monotonic() - began >= 0.19

    run(opened, act, gap=0.1)
    assert len(web.heard) == 4


def test_few_questions_are_out_at_one_time(web: WebServer, opened: Opened) -> None:
    places = threading.Semaphore(0)
    release, fifth = threading.Event(), threading.Event()
    out: list[None] = []

    def hold() -> Answer:
        out.append(None)
        places.release()
        if len(out) > 4 and not release.is_set():
            fifth.set()
        release.wait(5)
        return Answer(b"", 404)

    names = [f"name-{number}.org" for number in range(12)]
    web.answers.update({f"/org/domain/{name}": hold for name in names})

    async def act(registrations: Registrations) -> None:
        tasks = [asyncio.create_task(registrations.ask(parse_link(name), wait=10)) for name in names]
        for _ in range(4):
            assert await asyncio.to_thread(places.acquire, timeout=5)
        assert not await asyncio.to_thread(fifth.wait, 0.2)
        release.set()
        assert {(await task).state for task in tasks} == {State.UNREGISTERED}

    run(opened, act)
    assert len(out) == 12


def test_a_page_full_of_strange_frames_cannot_begin_look_ups_without_end(
    web: WebServer, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registrations_module, "MAX_RUNNING", 2)
    gate = Gate(list_answer({"org": f"{web.url}/org/"}))
    web.answers[LIST_PATH] = gate

    async def act(registrations: Registrations) -> None:
        first = [asyncio.create_task(registrations.ask(parse_link(f"n{n}.org"), wait=10)) for n in range(2)]
        assert await asyncio.to_thread(gate.asked.wait, 5)
        assert (await registrations.ask(parse_link("n3.org"), wait=10)).state is State.PENDING
        gate.open.set()
        assert {(await task).state for task in first} == {State.UNREGISTERED}

    run(opened, act)
    assert "GET /org/domain/n3.org" not in web.heard


def test_a_queue_that_is_too_long_is_told_as_pending(
    web: WebServer, opened: Opened, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registrations_module, "PATIENCE", 0.0)

    async def act(registrations: Registrations) -> None:
        await registrations.start()
        assert (await registrations.ask(parse_link("example.org"), wait=10)).state is State.UNREGISTERED
        assert (await registrations.ask(parse_link("other-name.org"), wait=10)).state is State.PENDING

    run(opened, act, gap=60.0)
    assert list(kept.facts) == [("registration", "example.org")]


def test_a_store_that_fails_costs_no_answer(web: WebServer, opened: Opened, kept: Kept) -> None:
    web.answers[ORG] = domain_answer("example.org")
    kept.fails = RuntimeError("the store is locked")
    assert ask(opened, "example.org").state is State.KNOWN


def test_a_mistake_of_ours_costs_the_finding_and_not_the_click(
    web: WebServer, opened: Opened, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object, **__: object) -> float | None:
        raise ZeroDivisionError

    monkeypatch.setattr(registrations_module, "ask_rdap", broken)
    assert ask(opened, "example.org").state is State.UNREADABLE
    assert "the age of example.org could not be looked up" in caplog.text


def test_start_has_the_list_at_hand_and_never_raises(
    web: WebServer, opened: Opened, kept: Kept, tmp_path: Path
) -> None:
    async def act(registrations: Registrations) -> None:
        await registrations.start()

    run(opened, act)
    assert web.heard == [f"GET {LIST_PATH}"]
    (tmp_path / "rdap-servers.json").unlink()
    web.answers[LIST_PATH] = Answer(b"", 500)
    run(opened, act)
    assert kept.state_of("rdap-servers") == "unreachable"


def test_what_the_store_remembers_is_not_asked_for(web: WebServer, opened: Opened, kept: Kept) -> None:
    known = Registration("example.org", 1e9, "rdap.example", NOW - 5, State.KNOWN)
    kept.facts["registration", "example.org"] = (registration_to_dict(known), NOW - 5)
    assert ask(opened, "example.org") == known
    assert web.heard == []
