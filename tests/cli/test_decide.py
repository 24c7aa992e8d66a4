import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.cli.decide import decide, take_back
from sekisho.policy.decisions import GO_ON, Decision
from sekisho.rulebook.ends import parse_end
from sekisho.settings import Settings
from sekisho.store import Store

Cli = Callable[..., Result]
STORY = "rec0very-supp0rt-micr0s0ft.org"


def level(cli: Cli, host: str) -> str:
    return str(cli("check", "--fail-on", "never", host).stdout.split()[0])


def decisions(state: Path, now: float | None = None) -> list[Decision]:
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        return store.decisions.in_force(time.time() if now is None else now)


def test_a_block_for_good_is_a_line_that_people_can_read(cli: Cli, state: Path) -> None:
    result = cli("block", "https://www.Example.com/path?q")
    assert result.exit_code == 0
    assert result.stdout == f"blocked www.example.com and its subdomains ({state}/blocklist.txt:1)\n"
    assert (state / "blocklist.txt").read_text().startswith("www.example.com  # sekisho block, 20")
    assert not (state / "sekisho.db").exists(), "no store is made for a line"
    assert level(cli, "x.www.example.com") == "block"
    assert level(cli, "example.com") == "pass"


def test_an_allow_opens_what_the_rules_warn_of(cli: Cli, state: Path) -> None:
    assert level(cli, STORY) == "warn"
    assert cli("allow", STORY).exit_code == 0
    assert level(cli, STORY) == "pass"
    assert STORY in (state / "allowlist.txt").read_text()


def test_for_a_while_is_a_decision_that_ends(cli: Cli, state: Path) -> None:
    result = cli("allow", "--for", "1d", f"={STORY}")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"allowed {STORY} (this host only) until 20")
    (kept,) = decisions(state)
    assert (kept.kind, kept.host, kept.exact, kept.by) == ("allow", STORY, True, "sekisho allow")
    assert kept.until == pytest.approx(time.time() + 86400, abs=60)
    assert not (state / "allowlist.txt").exists()
    assert level(cli, STORY) == "pass"
    assert level(cli, f"x.{STORY}") == "warn"


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("co.jp", "public suffix"),
        ("weebly.com", "=weebly.com"),
        ("github.io", "=github.io"),
        ("mailto:x", "not a web address"),
        ("", "empty"),
        ("http://", "open"),
    ],
)
@pytest.mark.parametrize("command", ["block", "allow"])
def test_what_would_cover_strangers_is_refused_with_the_reason(
    cli: Cli, state: Path, command: str, host: str, sentence: str
) -> None:
    for more in ((), ("--for", "1d")):
        result = cli(command, *more, host)
        assert result.exit_code == 1
        assert sentence in result.stderr
        assert result.stderr.count("\n") == 1
    assert not state.exists()


def test_one_host_of_a_platform_can_be_named(cli: Cli) -> None:
    assert cli("block", "=weebly.com", "evil.weebly.com").exit_code == 0
    assert level(cli, "weebly.com") == "block"
    assert level(cli, "good.weebly.com") != "block"
    assert level(cli, "evil.weebly.com") == "block"


def test_the_others_are_done_when_one_is_refused(cli: Cli) -> None:
    result = cli("block", "a.example.com", "co.jp", "b.example.com")
    assert result.exit_code == 1
    assert level(cli, "a.example.com") == level(cli, "b.example.com") == "block"


def test_saying_it_twice_changes_nothing(cli: Cli, state: Path) -> None:
    cli("block", "a.example.com")
    before = (state / "blocklist.txt").read_bytes()
    for again in (("block", "a.example.com"), ("block", "--for", "1d", "a.example.com")):
        result = cli(*again)
        assert result.exit_code == 0
        assert "is blocked for good already" in result.stdout
        assert "blocklist.txt:1" in result.stdout
    assert (state / "blocklist.txt").read_bytes() == before


def test_an_allow_that_a_block_line_outweighs_is_refused_with_its_place(cli: Cli, state: Path) -> None:
    """Kept in silence, it would look done and the site would stay shut."""
    cli("block", "a.example.com")
    result = cli("allow", "a.example.com")
    assert result.exit_code == 1
    assert f"{state}/blocklist.txt:1" in result.stderr or "blocklist.txt:1" in result.stderr
    assert "`sekisho unblock a.example.com`" in result.stderr
    assert not (state / "allowlist.txt").exists()
    assert cli("allow", "--for", "1d", "a.example.com").exit_code == 0
    assert level(cli, "a.example.com") == "pass"


def test_a_block_line_of_the_rules_is_named(cli: Cli, rules: Path) -> None:
    (rules / "blocklist.txt").write_text("# ours\n=a.example.com\n")
    result = cli("allow", "a.example.com")
    assert result.exit_code == 1
    assert "rules/blocklist.txt:2" in result.stderr
    assert "take that line out first, or use --for" in result.stderr


def test_a_block_that_an_allow_line_outweighs_is_refused_too(cli: Cli, state: Path) -> None:
    cli("allow", "=a.example.com")
    result = cli("block", "a.example.com")
    assert result.exit_code == 1
    assert "allowlist.txt:1" in result.stderr
    assert not (state / "blocklist.txt").exists()


def test_a_closer_line_may_say_otherwise(cli: Cli) -> None:
    """Block a company's domain, allow the one part that the school needs."""
    assert cli("block", "example.com").exit_code == 0
    assert cli("allow", "school.example.com").exit_code == 0
    assert level(cli, "school.example.com") == "pass"
    assert level(cli, "www.example.com") == "block"


def test_a_line_that_a_decision_on_the_parent_outweighs_is_refused(cli: Cli, state: Path) -> None:
    cli("block", "--for", "1d", "example.com")
    result = cli("allow", "a.example.com")
    assert result.exit_code == 1
    assert "decision 1" in result.stderr
    assert "`sekisho unblock example.com` ends that" in result.stderr
    assert cli("allow", "--for", "2h", "a.example.com").exit_code == 0
    assert level(cli, "a.example.com") == "pass"


def test_the_newer_word_takes_the_place_of_the_older_decision(cli: Cli, state: Path) -> None:
    """`allow --for 1d`, then `block`: shut at once, not tomorrow. And the history stays."""
    cli("allow", "--for", "1d", "a.example.com")
    result = cli("block", "a.example.com")
    assert result.exit_code == 0
    assert "in place of: allow a.example.com" in result.stdout
    assert level(cli, "a.example.com") == "block"
    assert decisions(state) == []
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        assert store.decisions.change_counter() == 2, "one row, and it was ended"


def test_a_word_on_one_host_leaves_its_subdomains_as_they_were(cli: Cli, state: Path) -> None:
    cli("allow", "--for", "1d", STORY)
    cli("block", "--for", "1h", f"={STORY}")
    assert (level(cli, STORY), level(cli, f"www.{STORY}")) == ("block", "pass")
    assert len(decisions(state)) == 2


def test_until_a_day_is_a_decision_that_ends_with_it(cli: Cli, state: Path) -> None:
    result = cli("allow", "--until", "2090-12-31", STORY)
    assert result.exit_code == 0
    (kept,) = decisions(state)
    assert kept.until == pytest.approx(parse_end("2090-12-31"), abs=1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--until", "2020-01-01"), "is over; give a day that is to come"),
        (("--until", "friday"), "names no day; write until 2026-12-31"),
        (("--until", "2090-01-01", "--for", "1d"), "give --for or --until, not both"),
    ],
)
def test_a_bad_end_is_wrong_usage(cli: Cli, state: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = cli("allow", *arguments, STORY)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert not state.exists()


def test_a_line_that_ended_by_hand_no_longer_counts(cli: Cli, state: Path) -> None:
    state.mkdir()
    (state / "blocklist.txt").write_text("a.example.com until 2020-12-31\nb.example.com until 2090-12-31\n")
    assert (level(cli, "a.example.com"), level(cli, "b.example.com")) == ("pass", "block")
    assert cli("block", "a.example.com").exit_code == 0
    assert level(cli, "a.example.com") == "block"


def test_what_the_new_word_wins_over_is_told(cli: Cli, state: Path) -> None:
    cli("block", "example.com")
    cli("import", "--name", "big", "-", stdin="ads.example.net\n")
    closer = cli("allow", "school.example.com").stdout.splitlines()
    assert closer[1] == f"  wins over {state}/blocklist.txt:1 because it is closer"
    foreign = cli("allow", "ads.example.net").stdout.splitlines()
    assert foreign[1].endswith("/big.txt:2 because the family's word outweighs imported lists")
    decided = cli("allow", "--for", "1d", "www.example.com").stdout.splitlines()
    assert decided[1] == f"  wins over {state}/blocklist.txt:1 because a decision outweighs lists"
    lost = cli("allow", "example.com")
    assert lost.exit_code == 1
    assert "which wins over the new line because of two equally close ones the block counts" in lost.stderr


def test_a_block_from_an_imported_list_says_how_it_opens(cli: Cli) -> None:
    cli("import", "--name", "big", "-", stdin="ads.example.net\n")
    result = cli("unblock", "ads.example.net")
    assert result.exit_code == 1
    assert (
        "`sekisho allow` outweighs it, `sekisho import --remove big` takes the whole list out"
        in result.stderr
    )


def test_disallow_takes_every_own_allow_back(cli: Cli, state: Path) -> None:
    cli("allow", STORY)
    cli("allow", "--for", "1d", f"={STORY}")
    result = cli("disallow", f"https://{STORY}/")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[:2] == [f"disallowed {STORY}", f"  took out {state}/allowlist.txt:1"]
    assert lines[2].startswith(f"  ended: allow {STORY} until 20")
    assert lines[3].startswith("  it is judged by the rules again: warn (")
    assert level(cli, STORY) == "warn"
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        assert store.decisions.change_counter() == 2, "the decision stays in the history as ended"


def test_disallow_says_what_else_allows_and_leaves_blocks(cli: Cli, rules: Path, state: Path) -> None:
    cli("block", "b.example.com")
    assert cli("disallow", "b.example.com").stdout == "b.example.com was not allowed\n"
    assert level(cli, "b.example.com") == "block"
    (rules / "allowlist.txt").write_text("example.com\n")
    result = cli("disallow", "a.example.com")
    assert result.exit_code == 1
    assert "still allowed" in result.stderr
    assert "rules/allowlist.txt:1" in result.stderr


def test_a_refused_word_names_the_command_that_takes_the_other_back(cli: Cli) -> None:
    cli("allow", "=a.example.com")
    assert "`sekisho disallow a.example.com` takes that line out" in cli("block", "a.example.com").stderr
    cli("allow", "--for", "1d", "b.example.com")
    assert "`sekisho disallow b.example.com` ends that" in cli("block", "x.b.example.com").stderr


def test_a_shorter_time_shortens(cli: Cli, state: Path) -> None:
    cli("allow", "--for", "1w", "a.example.com")
    cli("allow", "--for", "10m", "a.example.com")
    (kept,) = decisions(state)
    assert kept.until == pytest.approx(time.time() + 600, abs=60)


def test_a_block_shuts_what_somebody_went_on_to(cli: Cli, state: Path) -> None:
    now = time.time()
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        store.decisions.add(
            Decision("allow", STORY, now, GO_ON, exact=True, client="192.168.1.5", until=now + 600)
        )
    result = cli("block", STORY)
    assert result.exit_code == 0
    assert "in place of" not in result.stdout
    assert decisions(state) == []


def test_unblock_takes_every_own_block_back(cli: Cli, state: Path) -> None:
    state.mkdir()
    (state / "blocklist.txt").write_text("# ours\na.example.com  # games\n=a.example.com\nb.example.com\n")
    with Store.open(f"sqlite:///{state}/sekisho.db") as store:
        store.decisions.add(Decision("block", "a.example.com", 1.0, "sekisho block"))
    result = cli("unblock", "https://A.example.com/")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "unblocked a.example.com",
        f"  took out {state}/blocklist.txt:2",
        f"  took out {state}/blocklist.txt:3",
        "  ended: block a.example.com and its subdomains (sekisho block)",
    ]
    assert (state / "blocklist.txt").read_text() == "# ours\nb.example.com\n"
    assert level(cli, "a.example.com") == "pass"


def test_unblock_of_one_line_leaves_the_other(cli: Cli, state: Path) -> None:
    state.mkdir()
    (state / "blocklist.txt").write_text("a.example.com\n=a.example.com\n")
    result = cli("unblock", "=a.example.com")
    assert result.exit_code == 1
    assert "still blocked" in result.stderr
    assert (state / "blocklist.txt").read_text() == "a.example.com\n"


def test_unblock_says_what_else_blocks(cli: Cli, rules: Path) -> None:
    (rules / "blocklist.txt").write_text("example.com\n")
    result = cli("unblock", "a.example.com")
    assert result.exit_code == 1
    assert "rules/blocklist.txt:1" in result.stderr
    assert "take that line out" in result.stderr
    (rules / "blocklist.txt").unlink()
    cli("block", "--for", "1d", "example.com")
    result = cli("unblock", "a.example.com")
    assert "`sekisho unblock example.com` ends that" in result.stderr


def test_unblock_says_when_the_rules_still_warn(cli: Cli) -> None:
    """Otherwise the family wonders why the page still comes."""
    cli("block", STORY)
    result = cli("unblock", STORY)
    assert result.exit_code == 1
    assert "took out" in result.stderr
    assert "warning page by another rule" in result.stderr
    assert f"`sekisho allow {STORY}` opens it" in result.stderr


def test_unblock_of_what_is_free_says_so_and_makes_nothing(cli: Cli, state: Path) -> None:
    result = cli("unblock", "a.example.com")
    assert (result.exit_code, result.stdout) == (0, "a.example.com was not blocked\n")
    assert not state.exists()


def test_unblock_mends_a_list_and_tells_of_the_rest(cli: Cli, state: Path) -> None:
    state.mkdir()
    (state / "blocklist.txt").write_text("a.example.com\nco.jp\n")
    result = cli("unblock", "a.example.com")
    assert result.exit_code == 1
    assert "took out" in result.stderr
    assert "blocklist.txt:1: co.jp is a public suffix" in result.stderr


def test_a_list_that_cannot_be_written_is_one_message(cli: Cli, state: Path) -> None:
    state.parent.mkdir(exist_ok=True)
    state.write_text("a file where the folder should be")
    result = cli("block", "a.example.com")
    assert result.exit_code == 1
    assert result.stderr.startswith("sekisho: ")
    assert "Traceback" not in result.stderr


def test_time_is_passed_in(rules: Path, state: Path) -> None:
    from datetime import timedelta

    settings = Settings(rules=rules, state=state)
    decide(settings, "block", "a.example.com", timedelta(days=1), 1000.0)
    assert decisions(state, 1000.0 + 86399)
    assert not decisions(state, 1000.0 + 86400)
    assert take_back(settings, "block", "a.example.com", 2000.0)[0] == "unblocked a.example.com"
