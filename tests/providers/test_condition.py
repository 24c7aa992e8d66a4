"""Who looks after a house must see what works, what does not, and what to do; no more is known than is told."""

from pathlib import Path

import pytest

from sekisho.providers.condition import QUIET, Condition, Kind, read_conditions
from sekisho.providers.feeds.state import FeedState, Part, write_state
from sekisho.providers.registration import State as RegistrationState
from sekisho.providers.virustotal.states import TOLD, State
from sekisho.settings import Settings
from sekisho.settings.keyfile import write_key
from sekisho.store.source_records import SourceState

FEEDS = """\
[good]
name = "Good List"
url = "https://lists.example/good"
format = "domains"
licence = "MIT"
terms = "MIT"
on = true

[spare]
name = "Spare List"
url = "https://lists.example/spare"
format = "domains"
licence = "none"
terms = "ask"
"""


@pytest.fixture
def house(tmp_path: Path) -> dict[str, object]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "feeds.toml").write_text(FEEDS)
    (tmp_path / "state" / "feeds").mkdir(parents=True)
    return {"rules": tmp_path / "rules", "state": tmp_path / "state"}


def conditions(house: dict[str, object], *noted: SourceState, **more: object) -> dict[str, Condition]:
    settings = Settings.model_validate({**house, **more})
    return {found.source: found for found in read_conditions(settings, noted)}


def test_a_new_house_without_a_key(house: dict[str, object]) -> None:
    found = conditions(house)
    assert list(found) == ["virustotal", "rdap", "rdap-servers", "jprs", "good", "spare"]
    states = [one.state for one in found.values()]
    assert states == ["off", *["not asked yet"] * 4, "off"]
    assert "sekisho virustotal key" in found["virustotal"].told
    assert "sekisho update" in found["good"].told
    assert 'on = ["spare"]' in found["spare"].told
    assert all(one.is_quiet for one in found.values())


def test_what_is_switched_off_is_one_line_each_whatever_was_noted(house: dict[str, object]) -> None:
    noted = SourceState("jprs", "unreachable", "x", 5.0)
    found = conditions(house, noted, registration={"on": False}, feeds={"enabled": False})
    assert {source: one.state for source, one in found.items()} == dict.fromkeys(
        ("virustotal", "registration", "feeds"), "off"
    )


@pytest.mark.parametrize("state", [one for one in State if one not in (State.NOT_FOUND, State.NOT_ASKED)])
def test_every_state_of_virustotal_says_what_to_do(house: dict[str, object], state: State) -> None:
    noted = SourceState("virustotal", state.value, TOLD[state], 5.0, 3.0)
    found = conditions(house, noted, virustotal={"key": "abc"})["virustotal"]
    if state is State.OFF:
        assert (found.state, found.since) == ("not asked yet", None)
    else:
        assert (found.state, found.since, found.last_good_at) == (state.value, 5.0, 3.0)
        assert found.is_quiet is (state is State.OK)
    without = conditions(house, noted)["virustotal"]
    assert (without.state, without.last_good_at) == ("off", 3.0), "a key that was taken away is off at once"


def test_a_key_in_the_state_folder_counts(house: dict[str, object]) -> None:
    assert isinstance(house["state"], Path)
    write_key(house["state"], "abc")
    assert conditions(house)["virustotal"].state == "not asked yet"


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
    house: dict[str, object], source: str, state: RegistrationState
) -> None:
    found = conditions(house, SourceState(source, state.value, "rdap.example is away", 5.0, 3.0))[source]
    assert (found.kind, found.state, found.since) == (Kind.REGISTRATION, state.value, 5.0)
    assert found.told.startswith("rdap.example is away; names are judged without their age meanwhile; ")
    assert not found.is_quiet


@pytest.mark.parametrize(
    ("kept", "state", "words"),
    [
        (FeedState(tried=9, good=9, next_try=99, parts=(Part("u", "f", 1200),)), "ok", "1,200 entries"),
        (
            FeedState(tried=9, good=3, error="lists.example is away", parts=(Part("u", "f", 5),)),
            "failed",
            "could not be fetched: lists.example is away; the last good one stays in use",
        ),
        (FeedState(tried=9, error="lists.example is away"), "failed", "so it warns of nothing"),
        (FeedState(), "not asked yet", "not fetched yet"),
    ],
)
def test_a_list(house: dict[str, object], kept: FeedState, state: str, words: str) -> None:
    assert isinstance(house["state"], Path)
    write_state(house["state"] / "feeds", "good", kept)
    found = conditions(house)["good"]
    assert (found.name, found.state, found.entries) == ("Good List", state, kept.count)
    assert words in found.told
    assert found.last_good_at == (kept.good or None)


@pytest.mark.parametrize(
    ("own", "switches", "words"),
    [
        ("[x\n", {}, "feeds.toml"),
        ("", {"on": ["goood"]}, "did you mean good?"),
    ],
)
def test_feeds_that_cannot_be_read_are_told_and_hide_nothing_else(
    house: dict[str, object], own: str, switches: dict[str, object], words: str
) -> None:
    assert isinstance(house["state"], Path)
    (house["state"] / "feeds.toml").write_text(own)
    found = conditions(house, feeds=switches)
    assert found["feeds"].state == "unreadable"
    assert words in found["feeds"].told
    assert "jprs" in found


def test_nothing_to_do_is_said_of_quiet_states_only() -> None:
    assert sorted(QUIET) == ["not asked yet", "off", "ok"]
