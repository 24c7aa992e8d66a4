"""A list is read in a process of its own, and whatever happens to that process is told."""

import sys
import threading
from pathlib import Path

import pytest

from sekisho.providers.feeds.build import Built, build_apart, build_file
from sekisho.providers.feeds.cancel_token import CancelToken
from sekisho.providers.feeds.entries import FeedError
from sekisho.providers.feeds.index import map_file
from sekisho.providers.feeds.spec import Form

TEXT = "https://bad.example/x\nhttps://tiny.example/AbC\nhttps://tiny.example/\n\xe9\n"
SHARED = frozenset({"tiny.example"})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.part"
    path.write_bytes(TEXT.encode("latin-1"))
    return path


def test_here_and_apart_it_comes_to_the_same(source: Path, tmp_path: Path) -> None:
    sentence = Built(count=2, read=4, unreadable=1, shared=1)
    assert build_file(source, Form.URLS, "", tmp_path / "here", SHARED) == sentence
    assert build_apart(source, Form.URLS, "", tmp_path / "apart", SHARED) == sentence
    assert (tmp_path / "here").read_bytes() == (tmp_path / "apart").read_bytes()
    assert dict(map_file(tmp_path / "apart")) == {"bad.example": 1, "tiny.example/AbC": 2, "tiny.example/": 2}


def test_a_refusal_comes_back_in_words(source: Path, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="no JSON"):
        build_apart(source, Form.JSON, "deny", tmp_path / "apart", SHARED)
    with pytest.raises(FeedError, match=r"none.* cannot be written \(No such file"):
        build_apart(source, Form.URLS, "", tmp_path / "none" / "apart", SHARED)
    assert [path.name for path in tmp_path.iterdir()] == ["list.part"]


def test_a_child_that_breaks_is_told(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\ncat >/dev/null\necho boom >&2\nkill -9 $$\n")
    broken.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(FeedError, match=r"ended with -9 \(boom\); perhaps memory is short"):
        build_apart(source, Form.URLS, "", tmp_path / "apart", SHARED)


def test_a_child_that_hangs_is_ended(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = tmp_path / "python"
    hanging.write_text("#!/bin/sh\nexec sleep 30\n")
    hanging.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(hanging))
    with pytest.raises(FeedError, match=r"longer than 0\.2 seconds"):
        build_apart(source, Form.URLS, "", tmp_path / "apart", SHARED, seconds=0.2)
    cancel_token = CancelToken()
    timer = threading.Timer(0.2, cancel_token.pull)
    timer.start()
    with pytest.raises(FeedError, match="ended with -9"):
        build_apart(source, Form.URLS, "", tmp_path / "apart", SHARED, cancel_token=cancel_token, seconds=20)
    timer.join()
