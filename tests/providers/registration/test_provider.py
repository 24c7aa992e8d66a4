"""An age is asked once, of whoever knows it, and only where it says something about the site."""

import asyncio
from pathlib import Path

import pytest

from sekisho.link import parse_link
from sekisho.providers import Context
from sekisho.providers.provider import Opinion, Subject
from sekisho.providers.registration import State as RegistrationState
from sekisho.providers.registration.provider import TTL, RegistrationProvider
from sekisho.records.sources import SourceState
from sekisho.settings import RegistrationSettings, Settings
from sekisho.verdict import Reason

from ..conftest import conditions
from .conftest import NOW, Clock, Kept
from .servers import LIST_PATH, Answer, WebServer, domain_answer


@pytest.mark.parametrize(
    "state",
    [
        RegistrationState.UNREACHABLE,
        RegistrationState.REFUSED,
        RegistrationState.UNREADABLE,
        RegistrationState.RATE_LIMITED,
    ],
)
@pytest.mark.parametrize("source", ["rdap", "rdap-servers", "jprs"])
def test_a_registry_in_trouble_says_what_it_means(
    household: dict[str, object], source: str, state: RegistrationState
) -> None:
    found = conditions(household, SourceState(source, state.value, "rdap.example is away", 5.0, 3.0))[source]
    assert (found.kind, found.state, found.since) == ("registration", state.value, 5.0)
    assert found.sentence.startswith("rdap.example is away; names are judged without their age meanwhile; ")
    assert not found.is_quiet


LINK = parse_link("https://www.example.org/a/secret")


def ask(provider: RegistrationProvider, *subjects: Subject, wait: float = 5.0) -> list[Opinion]:
    async def act() -> list[Opinion]:
        try:
            return [await provider.ask(one, wait=wait, click=True, max_age=0.0) for one in subjects]
        finally:
            await provider.close()

    return asyncio.run(act())


@pytest.fixture
def context(web: WebServer, kept: Kept, clock: Clock, tmp_path: Path) -> Context:
    settings = RegistrationSettings(bootstrap=f"{web.url}{LIST_PATH}", whois="127.0.0.1:9")
    return Context(Settings(state=tmp_path, registration=settings), find_store=lambda: kept, clock=clock)


def test_nobody_is_asked_where_the_age_says_nothing_or_is_known(web: WebServer, context: Context) -> None:
    shared = Subject(LINK, "www.example.org", shared=True)
    dated = Subject(LINK, "example.org", registered_at=NOW - 5)
    assert ask(RegistrationProvider(context), shared, dated) == [Opinion(until=NOW + TTL)] * 2
    assert web.heard == []


def test_a_young_name_is_a_caution_and_says_nothing_of_dangers(web: WebServer, context: Context) -> None:
    web.answers["/org/domain/example.org"] = domain_answer("example.org", "2026-11-21T08:30:00Z")
    (found,) = ask(RegistrationProvider(context), Subject(LINK, "example.org"))
    assert [item.reason for item in found.evidence] == [Reason.NEW_NAME]
    assert (found.answered, found.troubles) == (None, ())


def test_a_name_that_no_registry_knows_is_no_trouble(web: WebServer, context: Context) -> None:
    assert ask(RegistrationProvider(context), Subject(LINK, "example.org"))[0].troubles == ()


def test_trouble_is_one_sentence_that_says_what_is_missing(web: WebServer, context: Context) -> None:
    web.answers["/org/domain/example.org"] = Answer(b"", 503)
    (found,) = ask(RegistrationProvider(context), Subject(LINK, "example.org"))
    assert found.troubles == ("127.0.0.1 answers that it cannot (503); how old the name is, is not known",)


def test_an_age_that_does_not_come_in_time_is_told(web: WebServer, context: Context) -> None:
    (found,) = ask(RegistrationProvider(context), Subject(LINK, "example.org"), wait=0.0001)
    assert found.troubles == ("no registry said in time how old example.org is",)
