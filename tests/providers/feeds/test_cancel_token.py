"""A program that stops must not wait minutes for a download."""

from sekisho.providers.feeds.cancel_token import CancelToken


def test_it_ends_what_is_under_way_and_nothing_else() -> None:
    ended: list[str] = []
    cancel_token = CancelToken()
    with cancel_token.watching(lambda: ended.append("past")):
        pass
    with (
        cancel_token.watching(lambda: ended.append("first")),
        cancel_token.watching(lambda: ended.append("second")),
    ):
        cancel_token.pull()
    assert ended == ["first", "second"]
    assert cancel_token.cancelled


def test_what_begins_afterwards_ends_at_once() -> None:
    ended: list[str] = []
    cancel_token = CancelToken()
    cancel_token.pull()
    with cancel_token.watching(lambda: ended.append("late")):
        assert ended == ["late"]


def test_what_ended_by_itself_meanwhile_is_no_error() -> None:
    def gone() -> None:
        raise ProcessLookupError

    ended: list[str] = []
    cancel_token = CancelToken()
    with cancel_token.watching(gone), cancel_token.watching(lambda: ended.append("other")):
        cancel_token.pull()
    assert ended == ["other"]
