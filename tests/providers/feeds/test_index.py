"""What the proxy asks before a click: the answer, and that it is of the newest good list."""

import logging
from pathlib import Path

import pytest

from sekisho.link import host_link
from sekisho.providers.feeds.index import FeedHit, FeedIndex, load_index
from sekisho.providers.feeds.spec import FeedSpec, Form
from sekisho.providers.feeds.state import FOLDER, FeedState, Part, write_state
from sekisho.rulebook.packed_hosts import pack

ONE = FeedSpec("one", "One", "https://lists.example/1", Form.URLS)
TWO = FeedSpec("two", "Two", "https://lists.example/2", Form.DOMAINS)


def put(state: Path, slug: str, entries: dict[str, int], at: float = 100.0, number: int = 1) -> None:
    folder = state / FOLDER
    folder.mkdir(exist_ok=True)
    name = f"{slug}-{number}.hosts"
    (folder / name).write_bytes(pack(entries.items()))
    write_state(folder, slug, FeedState(good=at, parts=(Part("u", name, len(entries), fetched=at),)))


def found(index: FeedIndex, host: str, path: str | None = None) -> tuple[str, str, bool, int] | None:
    hit = index.find(host_link(host), path)
    return (hit.slug, hit.entry, hit.is_page, hit.line) if hit else None


def test_a_host_and_all_below_it(tmp_path: Path) -> None:
    put(tmp_path, "one", {"bad.example": 3, "deep.other.test": 4, "192.0.2.7": 5})
    index = load_index(tmp_path, [ONE])
    for host in ("bad.example", "www.bad.example", "a.b.bad.example"):
        assert found(index, host) == ("one", "bad.example", False, 3)
    assert found(index, "deep.other.test") == ("one", "deep.other.test", False, 4)
    assert found(index, "192.0.2.7", "/x") == ("one", "192.0.2.7", False, 5)
    for host in ("other.test", "notbad.example", "example", "192.0.2.70"):
        assert found(index, host) is None
    assert len(index) == 3


def test_a_suffix_is_never_found_though_a_file_names_it(tmp_path: Path) -> None:
    """A damaged or hostile packed file must not shut a country."""
    put(tmp_path, "one", {"co.jp": 1, "pages.dev": 2})
    index = load_index(tmp_path, [ONE])
    assert found(index, "honest.co.jp") is None
    assert found(index, "honest.pages.dev") is None


def test_a_page_of_a_shared_host_needs_its_path(tmp_path: Path) -> None:
    put(tmp_path, "one", {"tiny.example/AbC": 7, "tiny.example/v?id=1": 8, "tiny.example/": 7})
    index = load_index(tmp_path, [ONE])
    for listed in ("/AbC", "/AbC/", "/AbC?utm=1", "/AbC#x"):
        assert found(index, "www.tiny.example", listed) == ("one", "tiny.example", True, 7)
    assert found(index, "tiny.example", "/v?id=1") == ("one", "tiny.example", True, 8)
    for path in (None, "/", "/abc", "/AbC/d", "/v", "/v?id=2"):
        assert found(index, "tiny.example", path) is None
    assert found(index, "below.tiny.example", "/AbC") is None


def test_a_hit_says_where_and_when_and_never_a_path(tmp_path: Path) -> None:
    put(tmp_path, "one", {"tiny.example/secret": 7, "tiny.example/": 7}, at=123.0)
    hit = load_index(tmp_path, [ONE]).find(host_link("tiny.example"), "/secret")
    assert hit == FeedHit("one", "One", "tiny.example", True, 7, 123.0)
    assert hit.source == "feeds/one:7"
    assert "secret" not in repr(hit)


def test_the_first_list_of_the_rules_is_named(tmp_path: Path) -> None:
    put(tmp_path, "one", {"bad.example": 1})
    put(tmp_path, "two", {"bad.example": 2, "worse.example": 3})
    assert found(load_index(tmp_path, [TWO, ONE]), "bad.example") == ("two", "bad.example", False, 2)
    assert found(load_index(tmp_path, [ONE]), "worse.example") is None


def test_it_is_opened_again_only_where_something_changed(tmp_path: Path) -> None:
    put(tmp_path, "one", {"bad.example": 1})
    put(tmp_path, "two", {"bad.example": 1})
    first = load_index(tmp_path, [ONE, TWO])
    assert load_index(tmp_path, [ONE, TWO], first) is first
    put(tmp_path, "two", {"new.example": 9}, number=2)
    (tmp_path / FOLDER / "one-1.hosts").unlink()  # what is mapped stays readable and is not opened again
    second = load_index(tmp_path, [ONE, TWO], first)
    assert found(second, "new.example") == ("two", "new.example", False, 9)
    assert found(second, "bad.example") == ("one", "bad.example", False, 1)
    assert found(first, "new.example") is None


def test_without_lists_nothing_is_found(tmp_path: Path) -> None:
    index = load_index(tmp_path, [ONE, TWO])
    assert found(index, "bad.example", "/") is None
    assert len(index) == 0
    put(tmp_path, "one", {"bad.example": 1})
    assert found(load_index(tmp_path, [ONE, TWO], index), "bad.example")


@pytest.mark.parametrize("content", [b"", b"<html>", pack([("bad.example", 1)])[:-1], None])
def test_a_damaged_file_costs_its_list_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes | None
) -> None:
    put(tmp_path, "one", {"bad.example": 1})
    put(tmp_path, "two", {"worse.example": 1})
    path = tmp_path / FOLDER / "one-1.hosts"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        index = load_index(tmp_path, [ONE, TWO])
    assert found(index, "bad.example") is None
    assert found(index, "worse.example")
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "the list of One cannot be used until its next update"
    ]
    assert load_index(tmp_path, [ONE, TWO], index) is index
    assert len(caplog.records) == 1
