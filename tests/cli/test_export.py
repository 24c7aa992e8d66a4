import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.policy.decisions import Decision
from sekisho.store import Store

Cli = Callable[..., Result]


@pytest.fixture
def house(cli: Cli, state: Path, rules: Path) -> Cli:
    state.mkdir()
    (state / "blocklist.txt").write_text(
        "a.example.net  # ours\n=b.example.net\nold.example.net until 2020-01-01\n203.0.113.7\n"
        "tie.example.net\nlater.example.net until 2090-01-01\n"
    )
    (state / "allowlist.txt").write_text("tie.example.net\n=good.a.example.net\nfree.example.org\n")
    (rules / "blocklist.txt").write_text("fleet.example.net\n")
    cli("import", "--name", "big", "-", stdin="a.example.net\nfree.example.org\nbig.example.net\n")
    now = time.time()
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        store.decisions.add(Decision("allow", "fleet.example.net", now, "sekisho allow", until=now + 999))
        store.decisions.add(Decision("block", "said.example.net", now, "sekisho block", exact=True))
        store.decisions.add(Decision("block", "hers.example.net", now, "desk", client="192.168.1.5"))
    return cli


def test_what_is_in_force_is_written_once(house: Cli) -> None:
    """The other blocker must do as this household does: no ended line, nothing that a stronger word overrules."""
    result = house("export")
    assert result.exit_code == 0
    assert sorted(result.stdout.splitlines()) == sorted(
        [
            *("a.example.net", "=b.example.net", "=203.0.113.7", "tie.example.net", "big.example.net"),
            *("later.example.net  until 2090-01-01", "=said.example.net"),
        ]
    )


def test_what_is_allowed(house: Cli) -> None:
    lines = house("export", "--allow").stdout.splitlines()
    assert lines[0].startswith("fleet.example.net  until 20")
    assert sorted(lines[1:]) == ["=good.a.example.net", "free.example.org"]
    adguard = house("export", "--allow", "--format", "adguard").stdout.splitlines()
    assert "@@||free.example.org^" in adguard
    assert "@@|good.a.example.net^" in adguard


def test_what_a_notation_cannot_say_is_told(house: Cli) -> None:
    result = house("export", "--format", "hosts")
    assert "0.0.0.0 a.example.net" in result.stdout.splitlines()
    assert "203.0.113.7" not in result.stdout
    assert "1 left out, which hosts cannot say" in result.stderr
    assert "1 end one day, which hosts cannot say" in result.stderr
    assert "mean their subdomains too, which hosts cannot say" in result.stderr
    result = house("export", "--allow", "--format", "hosts")
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.slow
@pytest.mark.parametrize("notation", ["plain", "adguard", "dnsmasq"])
def test_an_export_imported_elsewhere_blocks_the_same(house: Cli, tmp_path: Path, notation: str) -> None:
    written = house("export", "--format", notation).stdout
    other = str(tmp_path / "other")
    assert house("--state", other, "import", "--name", "home", "-", stdin=written).exit_code == 0
    hosts = ("x.a.example.net", "b.example.net", "x.b.example.net", "said.example.net", "free.example.org")
    for host in hosts:
        one, two = (
            house(*where, "check", "--fail-on", "never", host).stdout.split()[0]
            for where in ((), ("--state", other))
        )
        assert one == two, host
