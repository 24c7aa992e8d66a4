import time
from pathlib import Path

import pytest

from sekisho.cli.failure import Failure
from sekisho.cli.household import may_have_store, open_store, read_household
from sekisho.link import host_link, parse_link
from sekisho.policy.decisions import Decision
from sekisho.records.domains import DomainClick, KnownDomain
from sekisho.rulebook.model import ListEntry
from sekisho.settings import HouseholdSettings, Settings
from sekisho.store import Store
from sekisho.verdict import Level, Reason

LINK = host_link("a.example.com")


@pytest.fixture
def settings(rules: Path, state: Path) -> Settings:
    return Settings(rules=rules, state=state)


def test_reading_a_household_makes_nothing(settings: Settings) -> None:
    """`sekisho check` on a fresh machine must not leave a state folder behind."""
    household = read_household(settings)
    assert household.decisions == ()
    assert not settings.state.exists()
    assert not may_have_store(settings)


def test_lists_and_decisions_count_as_in_the_proxy(settings: Settings) -> None:
    settings.state.mkdir()
    (settings.state / "blocklist.txt").write_text("b.example.com\n")
    with Store.open(settings.store_url) as store:
        store.decisions.add(Decision("block", "a.example.com", 1.0, "sekisho block"))
    household = read_household(settings)
    policy = household.policy()
    for host in ("a.example.com", "b.example.com"):
        assert policy.judge(host_link(host)).level is Level.BLOCK
    assert policy.judge(host_link("c.example.com")).level is Level.PASS


def test_what_became_familiar_here_is_familiar_to_check(settings: Settings) -> None:
    """Or a domain that the proxy tunnels would be asked about outside."""
    now = time.time()
    known = KnownDomain("otter.org", now, now, 1, 3, 3, False, now - 9, clean_at=now - 5, familiar_at=now - 5)
    settings.state.mkdir()
    with Store.open(settings.store_url) as store:
        click = DomainClick("otter.org", now, 1, Level.PASS, False, False)
        store.known_domains.note_clicks([click], lambda _, __: known)
    household = read_household(settings)
    assert household.familiar == {"otter.org"}
    assert household.policy().judge(host_link("www.otter.org")).familiar


OTTER = """
[otter]
name = "Otter"
name_ja = "オッター"
region = "de"
kind = "bank"
tokens = ["fischotter"]
domains = ["fischotter.com"]
"""


def test_it_is_judged_for_the_household_of_the_settings(settings: Settings, rules: Path) -> None:
    with (rules / "brands.toml").open("a", encoding="utf-8") as file:
        file.write(OTTER)
    foreign, near = parse_link("鷺.com"), parse_link("fischotter-heron.com")
    here = read_household(settings).policy()
    people = HouseholdSettings(regions=("de",), scripts=("latin",))
    abroad = read_household(settings.model_copy(update={"household": people})).policy()
    levels = [(one.judge(foreign).level, one.judge(near).level) for one in (here, abroad)]
    assert levels == [(Level.PASS, Level.CAUTION), (Level.CAUTION, Level.WARN)]


def test_the_familys_word_is_told_apart_from_the_rules(settings: Settings) -> None:
    household = read_household(settings)
    official = host_link("www.microsoft.com")
    assert household.family_word(official, 1.0) is None
    blocked = household.with_line("block", ListEntry("microsoft.com", False, "new"))
    word = blocked.family_word(official, 1.0)
    assert word is not None
    assert (word.reason, word.source) == (Reason.FAMILY_BLOCK, "new")
    assert blocked.listed("block", ListEntry("microsoft.com", False, "")) is not None
    assert blocked.listed("block", ListEntry("microsoft.com", True, "")) is None
    assert household.family_word(official, 1.0) is None, "the household itself is not changed"


def test_a_decision_for_a_while_outweighs_a_line(settings: Settings) -> None:
    allow = Decision("allow", "a.example.com", 1.0, "sekisho allow", until=100.0)
    household = read_household(settings).with_line("block", ListEntry("a.example.com", False, "new"))
    household = household.with_decisions([allow])
    during, after = household.family_word(LINK, 50.0), household.family_word(LINK, 100.0)
    assert during is not None
    assert after is not None
    assert (during.reason, after.reason) == (Reason.FAMILY_ALLOW, Reason.FAMILY_BLOCK)


def test_what_cannot_be_read_is_told_and_never_left_out(settings: Settings) -> None:
    """An answer without the family's blocks would be a false all-clear."""
    settings.state.mkdir()
    (settings.state / "blocklist.txt").write_text("ok.example\nco.jp\n")
    with pytest.raises(Failure, match=r"blocklist\.txt:2: co\.jp is a public suffix"):
        read_household(settings)
    (settings.state / "blocklist.txt").unlink()
    (settings.state / "sekisho.db").write_bytes(b"nonsense " * 999)
    with pytest.raises(Failure, match="damaged"):
        read_household(settings)


def test_reading_never_brings_a_store_up_to_date(settings: Settings) -> None:
    """A check run as another account must not change what the proxy's account owns."""
    settings.state.mkdir()
    (settings.state / "sekisho.db").touch()
    with pytest.raises(Failure, match="older sekisho: run `sekisho log` once"):
        read_household(settings)
    assert (settings.state / "sekisho.db").read_bytes() == b""


def test_another_database_may_be_there() -> None:
    assert may_have_store(Settings(store_url="postgresql://host/db"))


def test_a_line_that_ends_is_not_for_good(settings: Settings) -> None:
    """`sekisho block` must write a new line beside one that ends next week."""
    household = read_household(settings)
    for until, found in ((None, True), (2.0e9, False)):
        with_it = household.with_line("block", ListEntry("a.example.com", False, "new", until))
        assert (with_it.listed("block", ListEntry("a.example.com", False, "")) is not None) is found
    wished = household.with_line("block", ListEntry("a.example.com", False, ""))
    word = wished.family_word(LINK, 1.0)
    assert word is not None
    assert word.source == "the new line"
    assert wished.family_policy().judge(LINK).level is Level.BLOCK


def test_a_store_that_nobody_made_is_not_made_by_looking(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    with open_store(settings) as store:
        assert store is None
    assert not list(tmp_path.iterdir())


def test_a_store_that_cannot_be_used_ends_the_command(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    (tmp_path / "sekisho.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(Failure, match=r"sekisho\.db"), open_store(settings, read_only=True):
        pass
