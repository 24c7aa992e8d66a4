"""Which feeds a house uses: the project's, its own, and what it switched on and off."""

from pathlib import Path

import pytest

from sekisho.providers.feeds.choice import chosen_feeds, read_feeds
from sekisho.providers.feeds.spec import FREE_LICENCES, FeedSpec, Form
from sekisho.rulebook import RuleError, rules_folder

OWN = '[mine]\nurl = "https://lists.example/mine"\nformat = "hosts"\n'


def spec(slug: str, *, on: bool) -> FeedSpec:
    return FeedSpec(slug, slug, "https://lists.example/x", Form.DOMAINS, on=on)


def test_the_projects_own_feeds() -> None:
    """Somebody who only installs this must not break the terms of a list."""
    specs = read_feeds()
    on = [spec for spec in specs.values() if spec.on]
    assert {"phishing-database", "polkadot-js", "scamblocklist"} <= {spec.slug for spec in on}
    assert all(spec.licence in FREE_LICENCES for spec in on)
    assert not specs["openphish"].on
    assert not specs["jpcert"].on
    assert len(specs["jpcert"].urls(1_761_000_000.0)) == 6
    assert specs["jpcert"].urls(1_761_000_000.0)[0].endswith("/2025/202510.csv")
    assert all(url.startswith("https://") for spec in specs.values() for url in spec.urls(0.0))


def test_the_familys_own_come_behind(tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_bytes(b"\xef\xbb\xbf" + OWN.replace("\n", "\r\n").encode())
    specs = read_feeds(rules_folder(), tmp_path)
    assert list(specs)[-1] == "mine"
    assert specs["mine"].form is Form.HOSTS


def test_a_house_without_feeds_is_no_mistake(tmp_path: Path) -> None:
    assert read_feeds(tmp_path, tmp_path) == {}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            OWN.replace("mine]", "openphish]").encode(),
            r"\[openphish\] is the name of a feed of rules/feeds.toml",
        ),
        (b"[mine]\nurl = 3\n", r"feeds\.toml:2: mine: url must be a text"),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "feeds.toml").write_bytes(content)
    with pytest.raises(RuleError, match=sentence):
        read_feeds(rules_folder(), tmp_path)


def test_switches() -> None:
    specs = {"a": spec("a", on=True), "b": spec("b", on=False), "c": spec("c", on=True)}
    assert [s.slug for s in chosen_feeds(specs)] == ["a", "c"]
    assert [s.slug for s in chosen_feeds(specs, on=("b",), off=("a",))] == ["b", "c"]
    assert chosen_feeds(specs, on=("b",), off=("a", "b", "c")) == ()


def test_a_misspelled_switch_is_told() -> None:
    """A feed that somebody believes to be off must not be asked."""
    specs = {"openphish": spec("openphish", on=False)}
    with pytest.raises(ValueError, match=r"'openfish': there is no such feed; did you mean openphish\?"):
        chosen_feeds(specs, off=("openfish",))
    with pytest.raises(ValueError, match="known are openphish"):
        chosen_feeds(specs, on=("zzz",))
