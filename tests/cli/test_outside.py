"""What was downloaded and what was said must count for the very link that is asked about, and for no other."""

from pathlib import Path

import pytest

from sekisho.cli.failure import Failure, UsageFailure
from sekisho.cli.household import read_household
from sekisho.cli.outside import Known, downloaded_lists, path_of
from sekisho.link import host_link
from sekisho.providers.feeds.state import FeedState, Part, write_state
from sekisho.rulebook.packed_hosts import pack
from sekisho.settings import Settings
from sekisho.verdict import Evidence, Level, Reason

FEED = '[mine]\nname = "Mine"\nurl = "https://lists.example/"\nformat = "urls"\n'


@pytest.fixture
def settings(rules: Path, tmp_path: Path) -> Settings:
    state = tmp_path / "house"
    (state / "feeds").mkdir(parents=True)
    (state / "feeds.toml").write_text(FEED)
    entries = {"heron.example.org": 1, "tiny.example.net/AbC": 2, "tiny.example.net/": 2}
    (state / "feeds" / "mine.packed").write_bytes(pack(entries.items()))
    part = Part("https://lists.example/", "mine.packed", 2, fetched=100.0)
    write_state(state / "feeds", "mine", FeedState(tried=100.0, good=100.0, parts=(part,)))
    return Settings(rules=rules, state=state)


@pytest.fixture
def known(settings: Settings) -> Known:
    policy = read_household(settings).policy()
    return Known(policy.with_lists(downloaded_lists(settings)))


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("https://heron.example.org/any", Level.WARN),
        ("heron.example.org", Level.WARN),
        ("tiny.example.net/AbC", Level.WARN),
        ("https://tiny.example.net:443/AbC?utm=1#x", Level.WARN),
        ("tiny.example.net", Level.PASS),
        ("tiny.example.net/abc", Level.PASS),
        ("example.org", Level.PASS),
    ],
)
def test_a_link_is_found_in_the_downloaded_lists_by_host_or_page(
    known: Known, text: str, level: Level
) -> None:
    judged = known.judge(text, 1.0)
    assert not isinstance(judged, str)
    assert judged[1].level is level


def test_what_was_said_counts_for_its_name_only(known: Known) -> None:
    bad = Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines")
    sentence = known.with_answers({"example.com": (bad,), "otter.org": (bad,)})
    assert sentence.of(host_link("www.otter.org")) == (bad,)
    assert sentence.of(host_link("otter.net")) == sentence.of(host_link("192.0.2.1")) == ()
    levels = []
    for text in ("www.otter.org", "otter.net", "www.example.com"):
        judged = sentence.judge(text, 1.0)
        assert not isinstance(judged, str)
        levels.append(judged[1].level)
    assert levels == [Level.WARN, Level.PASS, Level.PASS], "the last one is familiar"


def test_what_is_no_link_says_why(known: Known) -> None:
    assert isinstance(known.judge("mailto:x@example.org", 1.0), str)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("https://a.example/b/c?d=/e#f", "/b/c?d=/e"),
        ("a.example:8080/b", "/b"),
        ("HTTPS:\\\\a.example\\b\\c?x\\y", "/b/c?x\\y"),
        ("  https://a.example", "/"),
        ("a.example?q", "/?q"),
        ("//a.example/b ", "/b"),
        ("", "/"),
    ],
)
def test_the_path_is_what_a_browser_would_ask_for(text: str, path: str) -> None:
    assert path_of(text) == path


def test_lists_that_are_switched_off_are_not_asked(settings: Settings) -> None:
    off = Settings.model_validate({**dict(settings), "feeds": {"enabled": False}})
    link = host_link("heron.example.org")
    assert [len(downloaded_lists(each)(link, None)) for each in (settings, off)] == [1, 0]


def test_wrong_settings_of_lists_end_the_command(settings: Settings) -> None:
    """A verdict without a list that should have been asked would be a false all-clear."""
    wrong = Settings.model_validate({**dict(settings), "feeds": {"on": ["mein"]}})
    with pytest.raises(UsageFailure, match="did you mean mine"):
        downloaded_lists(wrong)
    (settings.state / "feeds.toml").write_text("[x\n")
    with pytest.raises(Failure, match="feeds"):
        downloaded_lists(settings)
