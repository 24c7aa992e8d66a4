"""Which list names a host must be known at once, without the network; and how each list is, to who looks after it."""

import asyncio
from pathlib import Path

import pytest

from sekisho.link import parse_link
from sekisho.providers import Context, Provider
from sekisho.providers.feeds import provider as module
from sekisho.providers.feeds.index import load_index
from sekisho.providers.feeds.provider import FeedProvider, listed_evidence
from sekisho.providers.feeds.spec import FeedSpec
from sekisho.providers.feeds.state import FeedState, Part, write_state
from sekisho.providers.feeds.update import FeedFolderError
from sekisho.providers.provider import NOTHING, Subject
from sekisho.providers.reputation import Reputation
from sekisho.settings import Settings
from sekisho.verdict import Level, Reason

from ..conftest import conditions
from .test_index import ONE, put


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
def test_a_list(household: dict[str, object], kept: FeedState, state: str, words: str) -> None:
    assert isinstance(household["state"], Path)
    write_state(household["state"] / "feeds", "good", kept)
    found = conditions(household)["good"]
    assert (found.name, found.state, found.entries) == ("Good List", state, kept.count)
    assert words in found.sentence
    assert found.last_good_at == (kept.good or None)


@pytest.mark.parametrize(
    ("own", "switches", "words"),
    [
        ("[x\n", {}, "feeds.toml"),
        ("", {"on": ["goood"]}, "did you mean good?"),
    ],
)
def test_feeds_that_cannot_be_read_are_told_and_hide_nothing_else(
    household: dict[str, object], own: str, switches: dict[str, object], words: str
) -> None:
    assert isinstance(household["state"], Path)
    (household["state"] / "feeds.toml").write_text(own)
    found = conditions(household, feeds=switches)
    assert found["feeds"].state == "unreadable"
    assert words in found["feeds"].sentence
    assert "jprs" in found


def test_a_listed_host_or_page_is_known_at_once_and_warned_of(tmp_path: Path) -> None:
    put(tmp_path, "one", {"bad.example": 3, "tiny.example/AbC": 7, "tiny.example/": 7})
    provider = FeedProvider(Context(Settings(state=tmp_path), clock=lambda: 200.0))
    provider.index = load_index(tmp_path, [ONE])
    for url, name, line, words in (
        ("https://www.bad.example/", "bad.example", 3, "bad.example is on the list of phishing of One"),
        ("https://tiny.example/AbC", "tiny.example", 7, "a page of tiny.example is on the list"),
    ):
        link = parse_link(url)
        subject = Subject(link, name, path=url.partition(name)[2])
        (found,) = provider.known(subject).evidence
        assert found == listed_evidence(provider.index, link, subject.path, 200.0)
        assert (found.reason, found.level, found.source) == (Reason.FEED, Level.WARN, f"feeds/one:{line}")
        assert (found.at, found.since, found.named) == (200.0, 100.0, "One")
        assert found.detail.startswith(words)
        assert asyncio.run(provider.ask(subject, wait=0, click=True, max_age=0)) == provider.known(subject)
    assert provider.known(Subject(parse_link("https://tiny.example/"), "tiny.example", path="/")) == NOTHING


def test_a_changed_list_is_in_use_and_told_while_what_fails_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """`sekisho update` put a new list in place, or the disk failed for a minute: no restart may be needed."""
    monkeypatch.setattr(module, "MAP_SECONDS", 0.01)
    monkeypatch.setattr(module, "FETCH_SECONDS", 0.01)
    tried: list[int] = []

    class Broken:
        specs = (ONE,)

        def due(self, now: float) -> list[FeedSpec]:
            return [ONE]

        def update(self) -> None:
            tried.append(1)
            raise FeedFolderError("the disk is full")

        def stop(self) -> None:
            pass

    async def act() -> set[str]:
        provider = FeedProvider(Context(Settings(state=tmp_path)))
        monkeypatch.setattr(provider, "_feeds_in_force", Broken)
        changed: list[Provider] = []
        reputation = Reputation([provider], listed=changed.append)
        await provider.start()
        async with asyncio.timeout(5):
            while len(tried) < 2 or not changed:
                if len(tried) == 1:
                    put(tmp_path, "one", {"bad.example": 3})
                await asyncio.sleep(0.01)
        (found,) = reputation.listed_as(parse_link("https://bad.example/"), None)
        assert found.level is Level.WARN
        await reputation.close()
        assert len(asyncio.all_tasks()) == 1
        return {one.name for one in changed}

    assert asyncio.run(act()) == {"feeds"}
    assert "the lists of phishing could not be fetched: the disk is full" in caplog.text
