"""A domain that turns bad after a visit must be closed and told; what is not asked about must cost nothing."""

import asyncio
from pathlib import Path

import pytest

from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.providers.feeds.build import build_file
from sekisho.providers.feeds.spec import Form
from sekisho.providers.feeds.state import FeedState, Part, write_state
from sekisho.providers.provider import Opinion
from sekisho.records.domains import TURNED_BAD, DomainClick, KnownDomain
from sekisho.settings import FeedSettings, Settings, VirusTotalSettings
from sekisho.store import Store
from sekisho.verdict import Evidence, Level, Reason, Verdict

from ..providers.virustotal_server import Step, VirusTotalServer
from ..proxy.conftest import CLEAN, FAMILIAR, NOW
from .background_run import Run, no_waiting, run, server, settings, until

__all__ = ["no_waiting", "run", "server", "settings"]

MOTHER = "192.168.1.20"
TWO = (Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "2 engines", at=NOW),)
OWN_LIST = """
[mine]
name = "Mine"
url = "http://127.0.0.1:9/list"
format = "domains"
licence = "MIT"
terms = "none"
hours = 24
"""


def known_since(store: Store, name: str, at: float = NOW - 7200) -> None:
    """Somebody opened it two hours ago, and its first re-check is due."""
    click = DomainClick(name, at, 1, Level.PASS, False, False)
    known = KnownDomain(name, at, at, 1, 1, 1, False, at, next_check_at=at + 3600)
    store.known_domains.note_clicks([click], lambda _, __: known)


def visited(engine: Engine, host: str) -> None:
    engine.visits.note(host_link(host), Verdict(Level.PASS), MOTHER, is_click=True)


def list_names(state: Path, *hosts: str) -> None:
    """A list of the family's own that was fetched and packed."""
    folder = state / "feeds"
    folder.mkdir(exist_ok=True)
    (state / "raw").write_text("\n".join(hosts))
    file = f"mine-{len(hosts)}.packed"
    built = build_file(state / "raw", Form.DOMAINS, "", folder / file, ())
    part = Part("http://127.0.0.1:9/list", file, built.count, fetched=NOW)
    write_state(folder, "mine", FeedState(tried=NOW, good=NOW, next_try=NOW + 9e9, parts=(part,)))


def own_list(settings: Settings) -> None:
    (settings.state / "feeds.toml").write_text(OWN_LIST)


def test_a_due_re_check_that_finds_engines_closes_and_tells_who_was_there(
    run: Run, server: VirusTotalServer
) -> None:
    """VirusTotal said clean in the first hours, and dozens of engines knew by evening."""
    server.behave(CLEAN, "bad")
    engine = run.engine
    assert engine.current.store
    visited(engine, CLEAN)
    asyncio.run(engine.visits.write())
    known_since(engine.current.store, CLEAN)

    async def act() -> None:
        await until(lambda: engine.current.store and engine.current.store.events.all())

    run.act(act)
    (event,) = engine.current.store.events.all()
    assert (event.kind, event.host, event.level) == (TURNED_BAD, CLEAN, Level.WARN)
    assert [person.client for person in event.people] == [MOTHER]
    assert run.closed
    assert engine.judge.verdict(host_link(CLEAN), MOTHER, is_click=False).level is Level.WARN


def test_what_was_bad_before_the_start_is_bad_for_every_request(run: Run) -> None:
    engine = run.engine
    assert engine.current.store
    for host, said in ((f"www.{CLEAN}", TWO), ("other-lookalike.example", ())):
        engine.current.store.verdicts.record(host_link(host), Verdict(Level.WARN, said), NOW)
    picture = host_link(f"img.{CLEAN}")

    async def act() -> Verdict:
        await until(lambda: engine.judge.reputation and engine.judge.reputation.known(CLEAN))
        assert engine.judge.reputation
        assert engine.judge.reputation.known("other-lookalike.example") is None
        assert not engine.judge.reputation.is_fresh(CLEAN)  # a click asks again
        return engine.judge.verdict(picture, MOTHER, is_click=False)

    verdict = run.act(act)
    assert (verdict.level, verdict.evidence[0].reason) == (Level.WARN, Reason.VIRUSTOTAL)


def test_what_virustotal_takes_back_is_open_again(run: Run, server: VirusTotalServer) -> None:
    """Else one false alarm of two engines would close an honest site for good."""
    engine = run.engine
    assert engine.current.store
    server.behave(CLEAN, "clean")
    engine.current.store.verdicts.record(host_link(CLEAN), Verdict(Level.WARN, TWO), NOW)
    known_since(engine.current.store, CLEAN)

    async def act() -> None:
        await until(lambda: engine.judge.reputation and engine.judge.reputation.is_fresh(CLEAN))

    run.act(act)
    assert engine.judge.verdict(host_link(CLEAN), MOTHER, is_click=True).level is Level.PASS


@pytest.mark.parametrize(
    ("behaviour", "state", "asked"),
    [
        ("clean", "answered", True),
        ("unknown", "answered", True),
        ("outage", "failed", False),
        ("quota", "failed", False),
    ],
)
def test_what_a_re_check_comes_to(
    run: Run, server: VirusTotalServer, behaviour: str, state: str, asked: bool
) -> None:
    """An outage taken for a clean answer would make an unfamiliar domain familiar."""
    server.behave(CLEAN, behaviour)
    answer = run.act(lambda: run.background.monitor.ask_again(host_link(CLEAN)))
    assert (answer.state, answer.asked_outside) == (state, asked)


def test_over_the_budget_a_re_check_waits_for_its_turn(engine: Engine, server: VirusTotalServer) -> None:
    sentence = engine.settings.virustotal.model_copy(update={"per_minute": 1})
    engine.settings = engine.settings.model_copy(update={"virustotal": sentence})
    run = Run(engine)

    async def act() -> str:
        await run.background.monitor.ask_again(host_link("first.jp"))
        return (await run.background.monitor.ask_again(host_link(CLEAN))).state

    assert run.act(act) == "over budget"
    assert server.asked(CLEAN) == 0


def test_without_a_key_a_re_check_is_answered_by_the_rules_alone(
    engine: Engine, server: VirusTotalServer
) -> None:
    engine.settings = engine.settings.model_copy(update={"virustotal": VirusTotalSettings(host=server.base)})
    run = Run(engine)
    answer = run.act(lambda: run.background.monitor.ask_again(host_link(CLEAN)))
    assert (answer.state, answer.asked_outside, server.requests) == ("answered", False, [])


@pytest.mark.parametrize("host", [FAMILIAR, "blocked.jp"])
def test_what_is_decided_is_not_asked_again(run: Run, server: VirusTotalServer, host: str) -> None:
    assert run.act(lambda: run.background.monitor.ask_again(host_link(host))).state == "answered"
    assert server.requests == []


def test_an_answer_that_comes_late_and_is_bad_stops_the_next_request_and_is_told(
    run: Run, server: VirusTotalServer
) -> None:
    server.behave(CLEAN, Step("bad", held=True))
    engine = run.engine
    settings = engine.settings.virustotal.model_copy(update={"wait": 0.05})
    engine.settings = engine.settings.model_copy(update={"virustotal": settings})

    async def act() -> Level:
        said = await engine.judge.ask_one(host_link(CLEAN))
        assert said
        early = engine.judge.verdict(host_link(CLEAN), MOTHER, is_click=True).level
        visited(engine, CLEAN)
        server.release()
        await until(lambda: engine.current.store and engine.current.store.events.all())
        return early

    assert run.act(act) is Level.CAUTION
    assert engine.judge.verdict(host_link(CLEAN), MOTHER, is_click=False).level is Level.WARN
    assert engine.current.store
    assert [person.client for person in engine.current.store.events.all()[0].people] == [MOTHER]


def test_a_list_that_was_fetched_is_in_use_at_once_and_a_newer_one_takes_its_place(
    run: Run, settings: Settings
) -> None:
    own_list(settings)
    list_names(settings.state, "listed.jp")
    engine = run.engine

    async def act() -> None:
        await until(lambda: engine.current.require_policy().listed(host_link("listed.jp"), None))
        assert engine.judge.verdict(host_link("www.listed.jp"), MOTHER, is_click=True).level is Level.WARN
        list_names(settings.state, "other.jp", "another.jp")
        await until(lambda: engine.current.require_policy().listed(host_link("other.jp"), None))

    run.act(act)
    assert engine.judge.verdict(host_link("listed.jp"), MOTHER, is_click=True).level is Level.PASS
    assert engine.judge.verdict(host_link("other.jp"), MOTHER, is_click=True).level is Level.WARN
    assert run.closed >= 2


def test_a_domain_that_the_household_knows_and_a_list_names_now_is_told(run: Run, settings: Settings) -> None:
    own_list(settings)
    engine = run.engine
    assert engine.current.store
    visited(engine, CLEAN)
    asyncio.run(engine.visits.write())

    async def act() -> None:
        await until(lambda: run.background.monitor.rechecks is not None)
        list_names(settings.state, CLEAN)
        await until(lambda: engine.current.store and engine.current.store.events.all())

    run.act(act)
    (event,) = engine.current.store.events.all()
    assert (event.host, event.evidence[0].reason) == (CLEAN, Reason.FEED)


def test_lists_that_are_switched_off_are_not_even_opened(engine: Engine, settings: Settings) -> None:
    own_list(settings)
    list_names(settings.state, CLEAN)
    engine.settings = settings.model_copy(update={"feeds": FeedSettings(enabled=False)})
    run = Run(engine)
    run.act(lambda: asyncio.sleep(0.2))
    assert engine.current.require_policy().listed(host_link(CLEAN), None) == ()


def test_a_mistake_in_the_lists_is_told_and_the_proxy_goes_on(
    run: Run, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (settings.state / "feeds.toml").write_text("[mine]\nname = 3\n")

    async def act() -> None:
        await until(lambda: "feeds.toml" in caplog.text)
        sentence = caplog.text.count("the lists of phishing stay as they are")
        await asyncio.sleep(0.2)
        assert caplog.text.count("the lists of phishing stay as they are") == sentence == 1
        own_list(settings)
        list_names(settings.state, "listed.jp")
        await until(lambda: run.engine.current.require_policy().listed(host_link("listed.jp"), None))

    run.act(act)
    assert run.engine.judge.verdict(host_link(CLEAN), MOTHER, is_click=True).level is Level.PASS


def test_what_became_familiar_is_judged_so_and_what_turns_bad_is_not_any_more(run: Run) -> None:
    engine = run.engine
    assert engine.current.store
    store = engine.current.store
    day = 86_400.0
    at = NOW - 20 * day
    known = KnownDomain(
        CLEAN, at, NOW - day, 20, 5, 9, False, at,
        next_check_at=NOW + day, checked_at=NOW - day, clean_at=NOW - day,
        clean_day_at=at + day, clean_week_at=at + 7 * day, registered_at=NOW - 900 * day, familiar_at=NOW - day,
    )  # fmt: skip
    store.known_domains.note_clicks(
        [DomainClick(CLEAN, at, 1, Level.PASS, False, False)], lambda _, __: known
    )

    async def act() -> bool:
        await until(lambda: CLEAN in engine.current.household)
        familiar = engine.judge.verdict(host_link(CLEAN), MOTHER, is_click=False).familiar
        await run.background.monitor.found_bad(CLEAN, Verdict(Level.WARN, TWO))
        return familiar

    assert run.act(act)
    assert not engine.judge.verdict(host_link(CLEAN), MOTHER, is_click=False).familiar


def test_a_late_caution_is_no_event(run: Run) -> None:
    caution = Evidence(Reason.NEW_NAME, Level.CAUTION, "rdap.example", "new", at=NOW)

    async def act() -> None:
        run.background.monitor.level_rose(CLEAN, Opinion((caution,)))
        await asyncio.sleep(0.05)

    run.act(act)
    assert run.engine.current.store
    assert run.engine.current.store.events.all() == []
