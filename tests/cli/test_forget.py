from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.link import host_link
from sekisho.store import Decision, Store, Visit
from sekisho.verdict import Level, Verdict

Cli = Callable[..., Result]


@pytest.fixture
def store(state: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{state}/sekisho.db") as opened:
        for host in ("a.example", "www.a.example", "other.example"):
            opened.visits.record([Visit(host, Level.PASS, 1.0, "192.168.1.5")])
            opened.verdicts.record(host_link(host), Verdict(Level.PASS), 1.0)
        opened.decisions.add(Decision("block", "a.example", 1.0, "sekisho block"))
        yield opened


def test_a_host_is_forgotten_with_its_subdomains_and_the_decision_stays(
    cli: Cli, store: Store, state: Path
) -> None:
    result = cli("forget", "https://A.example/secret")
    assert result.exit_code == 0
    first, second = result.stdout.splitlines()
    assert first == "forgot a.example and its subdomains: 2 visits, 2 verdicts"
    assert second.startswith("Decisions and lists stay")
    assert [line.host for line in store.visits.log(limit=9)] == ["other.example"]
    assert [decision.host for decision in store.decisions.in_force(2.0)] == ["a.example"]
    assert not [path.name for path in state.iterdir() if b"www.a.example" in path.read_bytes()]


@pytest.mark.parametrize(("answer", "left"), [("n\n", 3), ("y\n", 0)])
def test_everything_is_forgotten_after_a_question(cli: Cli, store: Store, answer: str, left: int) -> None:
    """One slip of the finger must not take a year of evidence."""
    result = cli("forget", "--all", stdin=answer)
    assert result.exit_code == (1 if left else 0)
    assert len(store.visits.log(limit=9)) == left
    assert len(store.decisions.in_force(2.0)) == 1


def test_yes_answers_the_question(cli: Cli, store: Store) -> None:
    assert cli("forget", "--all", "--yes").exit_code == 0
    assert store.visits.log(limit=9) == []


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("arguments", [(), ("--all", "a.example"), ("mailto:x",)])
def test_wrong_usage_forgets_nothing(cli: Cli, store: Store, arguments: tuple[str, ...]) -> None:
    assert cli("forget", *arguments).exit_code == 2
    assert len(store.visits.log(limit=9)) == 3


def test_where_nothing_is_known_it_says_so(cli: Cli, state: Path) -> None:
    assert cli("forget", "a.example").stdout == "nothing is known of any host\n"
    assert not state.exists()


@pytest.mark.usefixtures("store")
def test_an_unknown_host_is_told(cli: Cli) -> None:
    assert "nothing was known of b.example" in cli("forget", "b.example").stdout
