from math import inf

from sekisho.rulebook.hostlist import parse_host_list
from sekisho.rulebook.model import HostList
from sekisho.rulebook.parts import listed_parts


def parts_of(*texts: str) -> dict[str, float | None]:
    lists = [parse_host_list(text, "blocklist.txt", {})[0] for text in texts]
    names = ("example.com", "example.net", "example.co.jp", "example.org")
    return {name: max((p.get(name) or 0.0 for p in listed_parts(lists)), default=None) for name in names}


def test_a_part_is_told_from_the_whole() -> None:
    """A familiar domain with a blocked part must not be tunnelled whole; one without, must."""
    found = parts_of("www.example.com\nexample.net\n", "=example.co.jp\n=x.example.org  until 2026-12-31\n")
    assert found["example.com"] == inf
    assert found["example.net"] == 0.0
    assert found["example.co.jp"] == inf
    assert 1.79e9 < (found["example.org"] or 0.0) < 1.8e9


def test_the_part_that_is_listed_longest_counts() -> None:
    assert parts_of("=x.example.com until 2026-12-31\n=y.example.com\n")["example.com"] == inf
    assert parts_of("=y.example.com\n=x.example.com until 2026-12-31\n")["example.com"] == inf


def test_a_long_list_gives_its_own_answer() -> None:
    answer = {"long.example": 5.0}
    assert listed_parts([HostList(packed_parts=answer)])[1].get("long.example") == 5.0
