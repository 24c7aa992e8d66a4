"""A chat that goes on with a host that turned bad is how the rest of the money goes."""

from sekisho.engine.connections import Live
from sekisho.link import Link, host_link
from sekisho.verdict import Level

GOOD, BAD, OTHER = (host_link(f"{name}.example.org") for name in ("good", "bad", "other"))


def level_of(link: Link, client: str) -> Level:
    return Level.WARN if link == BAD or (link, client) == (OTHER, "192.168.1.30") else Level.CAUTION


def test_each_connection_to_a_host_that_is_bad_now_is_found_once_whatever_else_it_leads_to() -> None:
    live = Live()
    live.opened("a", "192.168.1.20", [GOOD])
    live.opened("b", "192.168.1.20", [GOOD, OTHER])
    live.opened("b", "192.168.1.20", [BAD, BAD])
    assert live.bad(level_of) == [("b", BAD)]


def test_it_is_judged_for_the_device_that_opened_it() -> None:
    live = Live()
    live.opened("a", "192.168.1.20", [OTHER])
    live.opened("b", "192.168.1.30", [OTHER])
    assert live.bad(level_of) == [("b", OTHER)]


def test_what_has_ended_is_not_closed_again_and_leaves_nothing_behind() -> None:
    live = Live()
    live.opened("a", "192.168.1.20", [BAD])
    live.forget("a")
    live.forget("never-seen")
    assert live.bad(level_of) == []
    assert len(live) == 0
