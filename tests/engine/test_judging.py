"""A verdict that misses what is known, or is not given again when more is known, lets the click through."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from sekisho.engine.current import UnavailableError
from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.policy.decisions import Decisions, go_on
from sekisho.providers.provider import Opinion, Subject
from sekisho.verdict import Evidence, Level, PageSign, Reason, Verdict

from ..proxy.conftest import CLEAN, FAKE, FAMILIAR, NOW
from .conftest import CLIENT

BAD = Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "2 engines hold it to be malicious")
SHOWN = Evidence(Reason.PAGE, Level.CAUTION, "page", "odd", signs=((PageSign.PRESSURE, "locked"),))


class Oracle:
    """Providers that answer the next thing each time that they are asked; nothing of it is fresh."""

    def __init__(self, *answers: Opinion) -> None:
        self.answers = list(answers)
        self.given: dict[str, Opinion] = {}
        self.meanwhile: Callable[[], None] = lambda: None

    def known(self, name: str) -> Opinion | None:
        return self.given.get(name)

    def is_current(self, opinion: Opinion) -> bool:
        return opinion.until > NOW

    def is_fresh(self, name: str) -> bool:
        return name in self.given and self.is_current(self.given[name])

    async def ask(self, subject: Subject, **_: object) -> Opinion:
        self.meanwhile()
        self.given[subject.name] = self.answers.pop(0)
        return self.given[subject.name]


def asked(engine: Engine, oracle: Oracle, *hosts: str) -> bool:
    engine.judge.reputation = oracle  # type: ignore[assignment]
    return asyncio.run(engine.judge.ask([host_link(host) for host in hosts]))


def verdict(engine: Engine, host: str = CLEAN, path: str = "/") -> Verdict:
    return engine.judge.verdict(host_link(host), CLIENT, is_click=True, path=path)


def test_without_rules_nothing_is_judged(engine: Engine) -> None:
    engine.current.policy, engine.current.missing = None, "rules/brands.toml:3: …"
    for judge in (
        lambda: verdict(engine),
        lambda: engine.judge.has_gone_on(host_link(CLEAN), CLIENT),
        lambda: engine.judge.note_page(host_link(CLEAN), "/", ()),
    ):
        with pytest.raises(UnavailableError, match=r"brands\.toml:3"):
            judge()


def test_a_click_is_judged_again_where_a_provider_answers_something_new(engine: Engine) -> None:
    """In either direction: bad news must reach the click that asked, and so must their end."""
    oracle = Oracle(Opinion(), Opinion((BAD,)), Opinion((BAD,)), Opinion())
    assert [asked(engine, oracle, CLEAN) for _ in range(4)] == [False, True, False, True]


def test_all_names_of_a_click_are_asked_about(engine: Engine) -> None:
    oracle = Oracle(Opinion(), Opinion((BAD,)))
    assert asked(engine, oracle, CLEAN, FAKE, "192.0.2.7")
    assert oracle.given.keys() == {CLEAN, FAKE}


def test_what_was_asked_just_now_is_not_asked_again(engine: Engine) -> None:
    oracle = Oracle(Opinion((BAD,), until=NOW + 1))
    assert asked(engine, oracle, CLEAN)
    assert not asked(engine, oracle, CLEAN)


def test_a_decision_that_came_while_the_providers_were_asked_counts(engine: Engine) -> None:
    assert engine.current.policy
    oracle, decided = Oracle(Opinion()), engine.current.policy.with_decisions(Decisions(()))
    oracle.meanwhile = lambda: engine.current.install(decided)
    assert asked(engine, oracle, CLEAN)


def test_without_providers_nobody_is_asked(engine: Engine) -> None:
    assert asyncio.run(engine.judge.ask([host_link(CLEAN)])) is False
    assert asyncio.run(engine.judge.ask_one(host_link(CLEAN))) is None
    assert engine.judge.registered_at(host_link(CLEAN)) is None


def test_an_answer_counts_for_every_host_of_its_domain(engine: Engine) -> None:
    assert asked(engine, Oracle(Opinion((BAD,), registered_at=NOW - 9)), CLEAN)
    assert verdict(engine, f"img.{CLEAN}").level is Level.WARN
    assert engine.judge.registered_at(host_link(f"img.{CLEAN}")) == NOW - 9
    assert verdict(engine, "other.example").level is Level.PASS


@pytest.mark.parametrize(("host", "elsewhere"), [(CLEAN, Level.WARN), ("someone.github.io", Level.CAUTION)])
def test_a_fake_page_warns_of_its_host_and_on_shared_hosts_of_itself(
    engine: Engine, host: str, elsewhere: Level
) -> None:
    """Where the pages of a host are of many people, one of them must not shut out the others."""
    engine.judge.note_page(host_link(host), "/login", (replace(SHOWN, level=Level.WARN),))
    assert verdict(engine, host, "/login").level is Level.WARN
    assert verdict(engine, host, "/other").level is elsewhere


def test_the_worst_finding_stands_first_whoever_has_it(engine: Engine) -> None:
    """The warning page names the first."""
    engine.judge.note_page(host_link(CLEAN), "/", (SHOWN,))
    asked(engine, Oracle(Opinion((BAD,))), CLEAN)
    assert [found.reason for found in verdict(engine).evidence] == [Reason.VIRUSTOTAL, Reason.PAGE]


def test_one_bad_name_makes_the_request_bad(engine: Engine) -> None:
    links = [host_link(name) for name in (FAMILIAR, CLEAN, FAKE)]
    link, worst = engine.judge.worst(links, CLIENT, is_click=True)
    assert (link.host, worst.level) == (FAKE, Level.WARN)
    link, worst = engine.judge.worst(links[:2], CLIENT, is_click=True)
    assert (link.host, worst.familiar) == (CLEAN, False)


def test_to_have_gone_on_is_of_one_device(engine: Engine) -> None:
    assert engine.current.policy
    link = host_link(FAKE)
    engine.current.install(engine.current.policy.with_decisions(Decisions((go_on(link, CLIENT, NOW, 10),))))
    assert engine.judge.has_gone_on(link, CLIENT)
    assert not engine.judge.has_gone_on(link, "192.168.1.30")
