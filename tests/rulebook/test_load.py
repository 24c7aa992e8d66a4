"""Loading: a rulebook is whole or it is refused, with everything that is to be mended in one message."""

import os
import time
from pathlib import Path

import pytest

from sekisho.link import host_link
from sekisho.rulebook import load
from sekisho.rulebook.load import (
    RuleError,
    RuleFiles,
    cache_folder,
    imported_folder,
    load_rulebook,
    rules_folder,
    shared_domains,
)
from sekisho.rulebook.long_lists import BuildError, FileChangedError
from sekisho.rulebook.model import ListEntry

REQUIRED = (
    *("brands.toml", "words.toml", "suffixes.toml", "platforms.toml", "tricks.toml"),
    *("page.toml", "aftercare.toml", "confusables.txt", "familiar.txt", "ordinary.txt"),
)


def test_every_file_arrives_in_its_place(rules: Path, state: Path) -> None:
    (rules / "blocklist.txt").write_text("bad.example\n", encoding="utf-8")
    (state / "allowlist.txt").write_text("\n=good.example\n", encoding="utf-8")
    rulebook = load_rulebook(rules, state)
    assert rulebook.brands["amazon"].name_ja == "アマゾン"
    assert rulebook.official_domains == {"amazon.co.jp": "amazon"}
    assert rulebook.risk_words == {"login"}
    assert rulebook.plain_words == {"pineapple"}
    assert rulebook.cheap_suffixes == {"top": "a dollar"}
    assert rulebook.watched_suffixes == {"cc": "sold in bulk"}
    assert rulebook.platforms == {"weebly.com": "hosting"}
    assert rulebook.confusables == {"а": "a"}
    assert rulebook.ordinary_words == {"saloon"}
    assert rulebook.familiar_domains == {"example.com"}
    assert "leet" in rulebook.tricks
    assert [
        found for listed in rulebook.blocklist if (found := listed.find(host_link("www.bad.example")))
    ] == [ListEntry("bad.example", False, "rules/blocklist.txt:1")]
    assert [found for listed in rulebook.allowlist if (found := listed.find(host_link("good.example")))] == [
        ListEntry("good.example", True, f"{state / 'allowlist.txt'}:2")
    ]


def test_the_state_folder_comes_first(rules: Path, state: Path) -> None:
    """What the family wrote itself is what the warning page names as the source."""
    for folder in (rules, state):
        (folder / "blocklist.txt").write_text("bad.example\n", encoding="utf-8")
    first, second = load_rulebook(rules, state).blocklist
    assert first.domains["bad.example"].source == f"{state / 'blocklist.txt'}:1"
    assert second.domains["bad.example"].source == "rules/blocklist.txt:1"


def test_a_list_at_home_is_named_as_the_family_knows_it(
    rules: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: state.parent)
    (state / "blocklist.txt").write_text("bad.example\n", encoding="utf-8")
    assert load_rulebook(rules, state).blocklist[0].domains["bad.example"].source == "~/state/blocklist.txt:1"


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_file_is_refused(rules: Path, name: str) -> None:
    """Without one of them lookalikes would pass, and nobody would know why."""
    (rules / name).unlink()
    with pytest.raises(RuleError) as raised:
        load_rulebook(rules)
    assert raised.value.problems == (f"rules/{name}: is missing; put the project's own file back",)


def test_a_folder_that_is_not_there_names_every_file(tmp_path: Path) -> None:
    with pytest.raises(RuleError) as raised:
        load_rulebook(tmp_path / "nowhere")
    assert len(raised.value.problems) == len(REQUIRED)


def test_all_problems_of_all_files_are_told_at_once(rules: Path, state: Path) -> None:
    (rules / "words.toml").write_text('[risk]\nenglish = ["Login"]\n', encoding="utf-8")
    (rules / "familiar.txt").write_text("Example.com\n", encoding="utf-8")
    (rules / "blocklist.txt").write_text("weebly.com\n", encoding="utf-8")
    (state / "allowlist.txt").write_text("good.example\nco.jp\n", encoding="utf-8")
    with pytest.raises(RuleError) as raised:
        load_rulebook(rules, state)
    problems = raised.value.problems
    assert [problem.split(": ")[0] for problem in problems] == [
        "rules/words.toml:2",
        "rules/familiar.txt:1",
        "rules/blocklist.txt:1",
        f"{state / 'allowlist.txt'}:2",
    ]
    assert str(raised.value) == "\n".join(problems)


def test_a_list_cannot_name_a_brands_domain_of_users_content(rules: Path) -> None:
    (rules / "allowlist.txt").write_text("amazonaws.com\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"rules/allowlist\.txt:1: amazonaws\.com is a platform \(content\)"):
        load_rulebook(rules)


def test_a_real_site_on_a_platform_is_refused(rules: Path) -> None:
    """The Rulebook would never hold it to be official: the warning page would send people to a stranger's."""
    (rules / "platforms.toml").write_text('[shop]\ndomains = ["amazon.co.jp"]\n', encoding="utf-8")
    problem = (
        r"rules/brands\.toml:7: amazon: the real site 'amazon\.co\.jp' is on the platform amazon\.co\.jp"
    )
    with pytest.raises(RuleError, match=problem):
        load_rulebook(rules)


def test_another_domain_of_a_brand_may_be_a_platform(rules: Path) -> None:
    """Both are true of tistory.com: its owner is known, and its pages are its users'."""
    text = (
        (rules / "brands.toml").read_text("utf-8").replace('"amazon.co.jp"', '"amazon.co.jp", "weebly.com"')
    )
    (rules / "brands.toml").write_text(text, encoding="utf-8")
    rulebook = load_rulebook(rules)
    assert rulebook.owner_of(host_link("user.weebly.com")) is None


def test_a_file_that_is_not_text_is_told_with_its_line(rules: Path) -> None:
    (rules / "blocklist.txt").write_bytes("good.example\nb\xe4d.example\n".encode("latin-1"))
    with pytest.raises(RuleError, match=r"rules/blocklist\.txt: line 2 is not UTF-8; save the file as UTF-8"):
        load_rulebook(rules)


def test_a_file_that_cannot_be_read_is_a_problem_until_it_can(rules: Path) -> None:
    """A list that is there and cannot be read must not count as empty."""
    (rules / "blocklist.txt").mkdir()
    files = RuleFiles(rules)
    with pytest.raises(RuleError, match=r"rules/blocklist\.txt: cannot be read: Is a directory"):
        files.read()
    assert files.changed()
    (rules / "blocklist.txt").rmdir()
    assert files.read().blocklist == ()


def test_a_file_is_read_again_only_when_it_has_changed(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each edit of a blocklist would otherwise cost the time of reading all rules."""
    read: list[str] = []
    text_of = load._text_of

    def counted(path: Path) -> tuple[str | None, str]:
        read.append(path.name)
        return text_of(path)

    monkeypatch.setattr(load, "_text_of", counted)
    files = RuleFiles(rules)
    files.read()
    assert sorted(read) == sorted([*REQUIRED, "blocklist.txt", "allowlist.txt"])
    assert not files.changed()
    read.clear()
    (rules / "blocklist.txt").write_text("bad.example\n", encoding="utf-8")
    assert files.changed()
    assert files.read().blocklist[0].domains.keys() == {"bad.example"}
    assert read == ["blocklist.txt"]


def test_lists_are_read_again_when_a_platform_is_added(rules: Path) -> None:
    (rules / "blocklist.txt").write_text("example.org\n", encoding="utf-8")
    files = RuleFiles(rules)
    files.read()
    (rules / "platforms.toml").write_text('[hosting]\ndomains = ["example.org"]\n', encoding="utf-8")
    with pytest.raises(RuleError, match=r"rules/blocklist\.txt:1: example\.org is a platform"):
        files.read()


def test_a_file_that_is_being_written_is_read_when_it_rests(
    rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a blocklist would open the other half for a second."""
    path = rules / "blocklist.txt"
    halves = iter(
        ["one.example\n", "one.example\ntwo.example\n", "one.example\ntwo.example\nthree.example\n"]
    )

    def writer_goes_on(_seconds: float) -> None:
        if text := next(halves, None):
            path.write_text(text, encoding="utf-8")

    path.write_text("", encoding="utf-8")
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    files = RuleFiles(rules, settle=0.05)
    files.read()
    path.write_text("one", encoding="utf-8")
    monkeypatch.setattr(time, "sleep", writer_goes_on)
    assert len(files.read().blocklist[0].domains) == 3


def test_a_file_that_never_rests_is_a_problem_and_is_tried_again(
    rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = rules / "blocklist.txt"

    def writer_goes_on(_seconds: float) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write("one.example\n")

    files = RuleFiles(rules)
    monkeypatch.setattr(time, "sleep", writer_goes_on)
    with pytest.raises(RuleError, match="keeps changing while it is read"):
        files.read()
    monkeypatch.undo()
    assert files.changed()
    assert files.read().blocklist[0].domains.keys() == {"one.example"}


def test_the_projects_own_rules_are_found() -> None:
    assert (rules_folder() / "brands.toml").is_file()


def test_shared_domains_are_platforms_and_content(rules: Path) -> None:
    assert shared_domains(load_rulebook(rules)) == {"weebly.com": "hosting", "amazonaws.com": "content"}


def test_a_replaced_file_of_the_same_size_and_time_is_seen(rules: Path) -> None:
    """Editors write a new file and rename it, and some tools keep the time."""
    path = rules / "blocklist.txt"
    path.write_text("one.example\n", encoding="utf-8")
    files = RuleFiles(rules)
    files.read()
    times = path.stat().st_mtime_ns
    new = rules / "new"
    new.write_text("two.example\n", encoding="utf-8")
    os.utime(new, ns=(times, times))
    new.replace(path)
    assert files.read().blocklist[0].domains.keys() == {"two.example"}


def imported(state: Path, kind: str, name: str, text: str) -> Path:
    path = imported_folder(state, kind) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_imported_lists_are_files_of_their_own(rules: Path, state: Path) -> None:
    """A block list of others ranks below familiar sites, an allow list of others below the family's own."""
    (state / "allowlist.txt").write_text("mine.example\n", encoding="utf-8")
    (rules / "allowlist.txt").write_text("fleet.example\n", encoding="utf-8")
    blocks = imported(state, "block", "big.txt", "bad.example\n")
    imported(state, "allow", "big.txt", "good.example\n")
    imported(state, "block", ".hidden.txt", "co.jp\n")
    imported(state, "block", "notes.md", "co.jp\n")
    rulebook = load_rulebook(rules, state)
    assert rulebook.blocklist == ()
    assert [list(listed.domains) for listed in rulebook.imported] == [["bad.example"]]
    assert rulebook.imported[0].domains["bad.example"].source == f"{blocks}:1"
    assert [list(listed.domains) for listed in rulebook.allowlist] == [
        ["mine.example"],
        ["good.example"],
        ["fleet.example"],
    ]


def test_an_imported_list_that_comes_or_goes_is_a_change(rules: Path, state: Path) -> None:
    files = RuleFiles(rules, state)
    files.read()
    path = imported(state, "block", "big.txt", "bad.example\n")
    assert files.changed()
    assert len(files.read().imported) == 1
    assert not files.changed()
    path.unlink()
    assert files.changed()
    assert files.read().imported == ()


@pytest.mark.parametrize("long", [0, 10**9])
def test_a_platform_of_newer_rules_does_not_stop_the_proxy_over_an_imported_list(
    rules: Path, state: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, long: int
) -> None:
    monkeypatch.setattr(load, "LONG_BYTES", long)
    imported(state, "block", "big.txt", "bad.example\nweebly.com\n")
    assert list(load_rulebook(rules, state).imported[0].domains) == ["bad.example"]
    assert "big.txt:2: weebly.com is a platform" in caplog.text


def test_a_long_list_is_read_by_another_process_and_kept(
    rules: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read in a thread, it would delay every click for as long as that takes."""
    monkeypatch.setattr(load, "LONG_BYTES", 10)
    monkeypatch.setattr(load, "parse_host_list", None)
    (state / "blocklist.txt").write_text("bad.example\n=one.example\n", encoding="utf-8")
    files = RuleFiles(rules, state)
    (listed,) = files.read().blocklist
    assert listed.find(host_link("www.bad.example")) == ListEntry(
        "bad.example", False, f"{state / 'blocklist.txt'}:1"
    )
    assert len(list(cache_folder(state).iterdir())) == 1
    assert not files.changed()
    before = files.read()
    (rules / "familiar.txt").write_text("example.com\n", encoding="utf-8")
    assert files.read() == before
    (state / "blocklist.txt").write_text("bad.example\ntwo words\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"blocklist\.txt:2: two words is more than one name"):
        files.read()


def test_a_long_list_in_no_folder_of_ours_leaves_nothing(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "LONG_BYTES", 10)
    (rules / "blocklist.txt").write_text("bad.example\n", encoding="utf-8")
    assert load_rulebook(rules, tmp_path / "nowhere").blocklist[0].find(host_link("bad.example"))
    assert not (tmp_path / "nowhere").exists()


def test_a_long_list_that_never_rests_is_tried_again(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "LONG_BYTES", 10)
    path = rules / "blocklist.txt"
    path.write_text("bad.example\n", encoding="utf-8")

    def changes(*_: object, **__: object) -> None:
        raise FileChangedError

    monkeypatch.setattr(load, "read_long", changes)
    files = RuleFiles(rules)
    with pytest.raises(RuleError, match="keeps changing while it is read"):
        files.read()
    monkeypatch.setattr(load, "read_long", broken_build)
    with pytest.raises(RuleError, match=r"rules/blocklist\.txt: could not be read"):
        files.read()
    monkeypatch.undo()
    assert files.changed()
    assert files.read().blocklist[0].domains.keys() == {"bad.example"}


def broken_build(*_: object, **__: object) -> None:
    raise BuildError("could not be read in another process: no memory")
