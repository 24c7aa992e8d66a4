import getpass
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.engine.asks import ask_family
from sekisho.link import host_link
from sekisho.records.asks import Ask
from sekisho.store import Store
from sekisho.verdict import Evidence, Level, Reason, Verdict

Cli = Callable[..., Result]
FOUND = Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "imitates example.com", at=1.0)


def make(state: Path, host: str = "a.example", ago: float = 60.0, ask_id: str | None = None) -> Ask:
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        options = {"random_id": lambda: ask_id} if ask_id else {}
        return ask_family(
            store,
            host_link(host),
            "192.168.1.5",
            Verdict(Level.WARN, (FOUND,)),
            time.time() - ago,
            **options,  # type: ignore[arg-type]
        )[0]


def decisions(state: Path) -> list[str]:
    with Store.open(f"sqlite:///{state}/sekisho.db", read_only=True) as store:
        return [decision.summary for decision in store.decisions.in_force(time.time())]


def test_a_child_with_a_terminal_sees_and_answers(cli: Cli, state: Path) -> None:
    ask = make(state)
    shown = cli("asks").stdout
    for words in (ask.id[:8], "192.168.1.5", "a.example", "open", "imitates example.com"):
        assert words in shown
    result = cli("asks", "--answer", ask.id[:8], "always")
    assert (result.exit_code, result.output) == (
        0,
        f"answered: allow a.example and its subdomains (sekisho asks ({getpass.getuser()}))\n",
    )
    assert decisions(state) == [f"allow a.example and its subdomains (sekisho asks ({getpass.getuser()}))"]
    assert "always (sekisho asks" in cli("asks").stdout
    later = cli("asks", "--answer", ask.id, "block")
    assert later.exit_code == 1
    assert f"sekisho asks ({getpass.getuser()}) answered always about a.example before" in later.stderr


def test_programs_get_one_object_a_line(cli: Cli, state: Path) -> None:
    make(state, "a.example", 90_000)
    ask = make(state, "b.example")
    lines = [json.loads(line) for line in cli("asks", "--json").stdout.splitlines()]
    assert [(line["host"], line["state"]) for line in lines] == [
        ("b.example", "open"),
        ("a.example", "expired"),
    ]
    (only,) = [json.loads(line) for line in cli("asks", "--open", "--json").stdout.splitlines()]
    assert (only["id"], only["why"], only["answer"], only["path"]) == (
        ask.id,
        "imitates example.com",
        None,
        None,
    )
    assert only["at"].endswith("+00:00")
    assert len(cli("asks", "--json", "--limit", "1").stdout.splitlines()) == 1


def test_what_is_over_is_not_answered(cli: Cli, state: Path) -> None:
    ask = make(state, ago=90_000)
    result = cli("asks", "--answer", ask.id, "1d")
    assert result.exit_code == 1
    assert "is over" in result.stderr
    assert decisions(state) == []


def test_an_id_is_one_that_was_given(cli: Cli, state: Path) -> None:
    make(state, "a.example", ask_id="same-1")
    make(state, "b.example", ask_id="same-2")
    for start, code, sentence in (
        ("sam", 2, "at least 4"),
        ("same-", 2, "2 asks begin"),
        ("none", 1, "no ask none"),
    ):
        result = cli("asks", "--answer", start, "1d")
        assert (result.exit_code, sentence in result.stderr) == (code, True)
    assert cli("asks", "--answer", "same-1", "perhaps").exit_code == 2
    assert decisions(state) == []


@pytest.mark.parametrize("made", [False, True])
def test_nothing_asked_is_no_mistake(cli: Cli, state: Path, made: bool) -> None:
    if made:
        Store.open(f"sqlite:///{state}/sekisho.db").close()
    result = cli("asks")
    assert (result.exit_code, result.stderr) == (0, "nothing was asked yet\n")
    assert cli("asks", "--answer", "abcd", "1d").exit_code == 1
    assert state.exists() is made


def test_who_answers_in_a_container_has_no_name(
    cli: Cli, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("uid")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert cli("asks", "--answer", make(state).id, "block").output.endswith("(sekisho asks)\n")
