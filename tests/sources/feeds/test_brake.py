"""A program that stops must not wait minutes for a download."""

from sekisho.sources.feeds.brake import Brake


def test_it_ends_what_is_under_way_and_nothing_else() -> None:
    ended: list[str] = []
    brake = Brake()
    with brake.watching(lambda: ended.append("past")):
        pass
    with brake.watching(lambda: ended.append("first")), brake.watching(lambda: ended.append("second")):
        brake.pull()
    assert ended == ["first", "second"]
    assert brake.pulled


def test_what_begins_afterwards_ends_at_once() -> None:
    ended: list[str] = []
    brake = Brake()
    brake.pull()
    with brake.watching(lambda: ended.append("late")):
        assert ended == ["late"]


def test_what_ended_by_itself_meanwhile_is_no_error() -> None:
    def gone() -> None:
        raise ProcessLookupError

    ended: list[str] = []
    brake = Brake()
    with brake.watching(gone), brake.watching(lambda: ended.append("other")):
        brake.pull()
    assert ended == ["other"]
