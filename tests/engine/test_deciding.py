"""The family's word on a host, as terminal and desk keep it. (tests/cli/test_decide.py has the whole table.)"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest

from sekisho.engine.deciding import Kind, RefusedError, decide
from sekisho.policy.decisions import Decision
from sekisho.policy.household import Household
from sekisho.rulebook.model import HostList, ListEntry, Rulebook
from sekisho.store import Store

NOW = 1_800_000_000.0
DAY = timedelta(days=1)
Say = Callable[..., list[str]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'x.db'}") as opened:
        yield opened


@pytest.fixture
def say(tmp_path: Path, store: Store) -> Say:
    def run(
        kind: Kind, text: str, duration: timedelta | None = None, rules: Rulebook | None = None
    ) -> list[str]:
        return decide(
            Household(rules or Rulebook(), tuple(store.decisions.in_force(NOW))),
            kind,
            text,
            duration,
            NOW,
            by="desk, phone",
            state=tmp_path,
            store_for=lambda _: nullcontext(store),
        )

    return run


def test_for_a_while_is_a_decision_with_who_said_it(say: Say, store: Store) -> None:
    assert say("allow", "https://www.otter.org/path?q=1", DAY)[0].startswith(
        "allowed www.otter.org and its subdomains"
    )
    assert store.decisions.in_force(NOW) == [
        Decision("allow", "www.otter.org", NOW, "desk, phone", until=NOW + 86_400, id=1)
    ]


def test_for_good_is_a_line_with_who_said_it(say: Say, store: Store, tmp_path: Path) -> None:
    say("block", "otter.org")
    assert "otter.org  # desk, phone" in (tmp_path / "blocklist.txt").read_text()
    assert store.decisions.in_force(NOW) == []


def test_a_newer_word_ends_the_older_one(say: Say, store: Store) -> None:
    say("allow", "otter.org", DAY)
    assert any("in place of: allow otter.org" in line for line in say("block", "otter.org", DAY))
    assert [decision.kind for decision in store.decisions.in_force(NOW)] == ["block"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("co.jp", "public suffix"),
        ("weebly.com", "belong to"),
        ("", "host"),
        ("a b", "a b"),
        ("x" * 2000, "host"),
    ],
    ids=["suffix", "platform", "empty", "blank", "endless"],
)
def test_what_would_cover_strangers_or_is_no_host_is_refused(
    say: Say, store: Store, tmp_path: Path, text: str, why: str
) -> None:
    rules = Rulebook(platforms={"weebly.com": "hosting"})
    with pytest.raises(RefusedError, match=why):
        say("allow", text, DAY, rules)
    assert store.decisions.in_force(NOW) == []
    assert not (tmp_path / "allowlist.txt").exists()


def test_a_word_that_would_lose_is_refused_with_what_it_loses_to(say: Say) -> None:
    line = ListEntry("otter.org", False, "/x/blocklist.txt:4")
    with pytest.raises(RefusedError, match=r"blocklist\.txt:4"):
        say("allow", "otter.org", None, Rulebook(blocklist=(HostList(domains={"otter.org": line}),)))
