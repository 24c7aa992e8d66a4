"""Watching: a good edit takes effect, a bad one leaves the last good rules in force and says so once."""

import logging
from pathlib import Path

import pytest

from sekisho.link import host_link
from sekisho.rulebook.load import RuleError, RuleFiles
from sekisho.rulebook.watch import RulebookFiles


def watched(rules: Path, state: Path | None = None) -> RulebookFiles:
    return RulebookFiles(rules, state, settle=0.0)


def blocked(files: RulebookFiles, host: str) -> bool:
    return any(listed.find(host_link(host)) for listed in files.current.blocklist)


def test_bad_rules_at_the_start_are_refused(rules: Path) -> None:
    (rules / "brands.toml").write_text("[amazon", encoding="utf-8")
    with pytest.raises(RuleError, match=r"rules/brands\.toml:1: not TOML"):
        watched(rules)


def test_nothing_new_is_not_a_change(rules: Path) -> None:
    files = watched(rules)
    before = files.current
    assert not files.refresh()
    assert files.current is before


def test_a_good_edit_takes_effect(rules: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = watched(rules)
    before = files.current
    (rules / "familiar.txt").write_text("example.com\nexample.org\n", encoding="utf-8")
    with caplog.at_level(logging.INFO):
        assert files.refresh()
    assert files.current.familiar_domains == {"example.com", "example.org"}
    assert before.familiar_domains == {"example.com"}  # a check that has begun keeps its rules
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert not files.refresh()


def test_a_file_that_was_only_touched_is_not_a_change(rules: Path) -> None:
    files = watched(rules)
    text = (rules / "words.toml").read_text("utf-8")
    (rules / "words.toml").unlink()
    (rules / "words.toml").write_text(text, encoding="utf-8")
    assert not files.refresh()


def test_a_list_that_appears_in_the_state_folder_takes_effect(rules: Path, tmp_path: Path) -> None:
    """The first `sekisho block` makes the folder and the file while the proxy runs."""
    state = tmp_path / "state"
    files = watched(rules, state)
    assert not blocked(files, "bad.example")
    state.mkdir()
    (state / "blocklist.txt").write_text("bad.example\n", encoding="utf-8")
    assert files.refresh()
    assert blocked(files, "www.bad.example")


def test_a_bad_edit_keeps_the_last_good_rules_and_is_told_once(
    rules: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (rules / "blocklist.txt").write_text("bad.example\n", encoding="utf-8")
    files = watched(rules)
    (rules / "blocklist.txt").write_text("bad.example\nco.jp\n", encoding="utf-8")
    assert files.refresh()
    assert blocked(files, "bad.example")
    assert len(files.problems) == 1
    assert files.problems[0].startswith("rules/blocklist.txt:2: co.jp is a public suffix")
    assert not files.refresh()
    (rules / "familiar.txt").write_text("example.org\n", encoding="utf-8")
    assert not files.refresh()  # one file is good now, the other is as bad as before
    assert files.current.familiar_domains == {"example.com"}
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "rules/blocklist.txt:2" in caplog.text

    (rules / "blocklist.txt").write_text("worse.example\n", encoding="utf-8")
    assert files.refresh()
    assert not files.problems
    assert blocked(files, "worse.example")
    assert files.current.familiar_domains == {"example.org"}


def test_a_bad_edit_that_is_taken_back_clears_the_problem(rules: Path) -> None:
    files = watched(rules)
    good = (rules / "words.toml").read_text("utf-8")
    (rules / "words.toml").write_text("[risk", encoding="utf-8")
    assert files.refresh()
    (rules / "words.toml").write_text(good, encoding="utf-8")
    assert files.refresh()
    assert files.problems == ()


def test_a_file_that_is_deleted_and_made_again(rules: Path) -> None:
    files = watched(rules)
    text = (rules / "brands.toml").read_text("utf-8")
    (rules / "brands.toml").unlink()
    assert files.refresh()
    assert files.problems == ("rules/brands.toml: is missing; put the project's own file back",)
    assert "amazon" in files.current.brands
    (rules / "brands.toml").write_text(text.replace("Amazon", "AMAZON"), encoding="utf-8")
    assert files.refresh()
    assert files.current.brands["amazon"].name == "AMAZON"


def test_a_blocklist_that_is_deleted_blocks_nothing_any_more(rules: Path) -> None:
    (rules / "blocklist.txt").write_text("bad.example\n", encoding="utf-8")
    files = watched(rules)
    (rules / "blocklist.txt").unlink()
    assert files.refresh()
    assert not blocked(files, "bad.example")


def test_an_editor_that_renames_a_new_file_into_place(rules: Path) -> None:
    (rules / "blocklist.txt").write_text("one.example\n", encoding="utf-8")
    files = watched(rules)
    (rules / ".blocklist.swp").write_text("two.example\n", encoding="utf-8")
    (rules / ".blocklist.swp").replace(rules / "blocklist.txt")
    assert files.refresh()
    assert blocked(files, "two.example")
    assert not blocked(files, "one.example")


def test_whatever_goes_wrong_keeps_the_last_good_rules(
    rules: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread that refreshes must live on, or every later edit would be lost."""
    files = watched(rules)

    def broken(_self: RuleFiles) -> None:
        raise MemoryError("no more")

    monkeypatch.setattr(RuleFiles, "read", broken)
    (rules / "familiar.txt").write_text("example.org\n", encoding="utf-8")
    assert files.refresh()
    assert "MemoryError" in files.problems[0]
    assert files.current.familiar_domains == {"example.com"}
    assert "ERROR" in caplog.text


def test_unchanged_files_are_not_read_again(
    rules: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It happens every second beside the traffic; `scripts/bench steps` measures it."""
    files = watched(rules, state)
    monkeypatch.setattr(RuleFiles, "read", lambda _: pytest.fail("read again"))
    assert not files.refresh()
