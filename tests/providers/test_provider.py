"""One list of providers serves the engine, `sekisho status` and the desk; what they know is merged by one rule."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from sekisho.link import parse_link
from sekisho.providers import Context, Provider, first_budget, make_providers
from sekisho.providers.condition import Condition
from sekisho.providers.provider import NOTHING, Opinion, Subject, merge
from sekisho.records.sources import Limits, SourceState
from sekisho.settings import Settings
from sekisho.verdict import Evidence, Level, Reason

from .conftest import conditions


def test_a_new_household_without_a_key(household: dict[str, object]) -> None:
    found = conditions(household)
    assert list(found) == ["virustotal", "rdap", "rdap-servers", "jprs", "good", "spare"]
    states = [one.state for one in found.values()]
    assert states == ["off", *["not asked yet"] * 4, "off"]
    assert "sekisho virustotal key" in found["virustotal"].sentence
    assert "sekisho update" in found["good"].sentence
    assert 'on = ["spare"]' in found["spare"].sentence
    assert all(one.is_quiet for one in found.values())


def test_what_is_switched_off_is_one_line_each_whatever_was_noted(household: dict[str, object]) -> None:
    noted = SourceState("jprs", "unreachable", "x", 5.0)
    found = conditions(household, noted, registration={"on": False}, feeds={"enabled": False})
    assert {source: one.state for source, one in found.items()} == dict.fromkeys(
        ("virustotal", "registration", "feeds"), "off"
    )


SUBJECT = Subject(parse_link("https://www.example.org/"), "example.org")
BAD = Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines")
LATE = Evidence(Reason.UNCHECKED, Level.CAUTION, "virustotal", "not fully checked")
NEW = Evidence(Reason.NEW_NAME, Level.CAUTION, "rdap.example", "registered 3 days ago")


def test_the_worst_finding_comes_first_and_an_age_is_told_by_the_first_that_knows_it() -> None:
    """Two sentences about one age, or one that was corrected, would make a family doubt both."""
    merged = merge(
        (
            Opinion((LATE, BAD), True, registered_at=5.0, until=9.0),
            Opinion((NEW,), registered_at=7.0, until=8.0),
        )
    )
    assert merged == Opinion((BAD, LATE), True, registered_at=5.0, until=8.0)
    assert merge((NOTHING, Opinion((NEW,), registered_at=7.0))).evidence == (NEW,)


@pytest.mark.parametrize(
    ("answers", "answered"),
    [((), False), ((None,), False), ((None, True), True), ((True, False), False), ((True, True), True)],
)
def test_a_name_is_checked_where_each_that_was_asked_knew_it(
    answers: tuple[bool | None, ...], answered: bool
) -> None:
    """An outage of one taken for a clean answer would make an unfamiliar domain familiar."""
    assert merge(tuple(Opinion(answered=one) for one in answers)).answered is answered


def test_the_first_budget_is_that_of_virustotal(tmp_path: Path) -> None:
    """The desk and `sekisho status` tell how much of it is used."""
    providers = make_providers(Context(Settings(state=tmp_path)))
    assert first_budget(providers) == ("virustotal", Limits(4, 500))
    with pytest.raises(ValueError, match="no provider has a budget"):
        first_budget(providers[1:])


def test_each_provider_has_a_name_of_its_own_and_finds_reasons_of_its_own(tmp_path: Path) -> None:
    """Answers are cached by the name; what was recalled would else be taken back by another."""
    providers = make_providers(Context(Settings(state=tmp_path)))
    names = [one.name for one in providers]
    assert sorted(names) == ["feeds", "registration", "virustotal"]
    assert all(len(name) <= 20 for name in names)
    recalled = [reason for one in providers for reason in one.recalls]
    assert len(recalled) == len(set(recalled))


def test_a_provider_that_says_no_more_than_it_must_is_whole() -> None:
    class Small(Provider):
        name = "small"

        async def ask(self, subject: Subject, *, wait: float, click: bool, max_age: float) -> Opinion:
            return Opinion((BAD,), True)

        def conditions(self, noted: Mapping[str, SourceState]) -> tuple[Condition, ...]:
            return ()

    async def act() -> None:
        small = Small()
        await small.start()
        assert (small.service, small.vouches, small.known(SUBJECT)) == (None, False, NOTHING)
        await small.close()

    asyncio.run(act())
