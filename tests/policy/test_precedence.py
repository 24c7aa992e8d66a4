from sekisho.link import host_link
from sekisho.policy.precedence import because, closest, outweighs
from sekisho.rulebook.model import HostList, ListEntry


def entry(line: str, source: str = "b:1", until: float | None = None) -> ListEntry:
    return ListEntry(line.removeprefix("="), line.startswith("="), source, until)


def listed(*entries: ListEntry) -> HostList:
    return HostList({e.name: e for e in entries if not e.exact}, {e.name: e for e in entries if e.exact})


def test_the_closest_of_several_lists_is_found_and_of_two_the_first() -> None:
    far, near, other = entry("b.example", "far"), entry("a.b.example", "near"), entry("a.b.example", "other")
    lists = [listed(far), listed(near), listed(other)]
    assert closest(lists, host_link("x.a.b.example"), 0.0) is near
    assert closest(lists, host_link("x.b.example"), 0.0) is far
    assert closest(lists, host_link("example.org"), 0.0) is None


def test_what_has_ended_no_longer_counts() -> None:
    lists = [listed(entry("=a.example", "=", 10.0), entry("a.example", "domain"))]
    assert [
        found.source for now in (9.0, 10.0) if (found := closest(lists, host_link("a.example"), now))
    ] == [
        "=",
        "domain",
    ]


def test_the_reason_is_told_as_people_would() -> None:
    near, far, tie = entry("=a.example", "n:1"), entry("a.example", "f:2"), entry("a.example", "t:3")
    assert outweighs(near, far)
    assert not outweighs(far, near)
    assert outweighs(far, tie)
    assert because(near, far) == "f:2 because it is closer"
    assert because(far, tie) == "t:3 because of two equally close ones the block counts"
    assert because(near, None) == ""
