"""A connection that nobody approved, or one to a host that turned bad, is a way past every check."""

import pytest

from sekisho.engine.connections import Connections
from sekisho.link import Link, host_link
from sekisho.verdict import Level

A, B = host_link("a.jp"), host_link("b.jp")
MOTHER, FATHER = "192.168.1.20", "192.168.1.21"


def test_an_approval_is_for_one_connection_and_one_server() -> None:
    connections = Connections()
    connections.approve("c1", "a.jp", 443, MOTHER, [A])
    assert connections.is_approved("c1", "a.jp", 443)
    for other in (("c2", "a.jp", 443), ("c1", "a.jp", 80), ("c1", "b.jp", 443), ("c1", "A.jp", 443)):
        assert not connections.is_approved(*other)


def test_it_ends_with_the_connection() -> None:
    connections = Connections()
    connections.approve("c1", "a.jp", 443, MOTHER, [A])
    connections.forget("c1")
    connections.forget("c1")
    assert not connections.is_approved("c1", "a.jp", 443)
    assert len(connections) == 0
    assert connections.bad(lambda link, client: Level.BLOCK) == []


@pytest.mark.parametrize(("bad", "found"), [("a.jp", "c1"), ("b.jp", "c2")])
def test_connections_to_a_host_that_turned_bad_are_found_by_every_name(bad: str, found: str) -> None:
    connections = Connections()
    connections.approve("c1", "a.jp", 443, MOTHER, [A])
    connections.approve("c2", "a.jp", 443, FATHER, [])
    connections.approve("c2", "cdn.example", 443, FATHER, [B])

    def level_of(link: Link, client: str) -> Level:
        return Level.WARN if link.host == bad else Level.CAUTION

    assert [(client_id, link.host) for client_id, link in connections.bad(level_of)] == [(found, bad)]


def test_a_verdict_may_depend_on_the_device() -> None:
    connections = Connections()
    connections.approve("c1", "a.jp", 443, MOTHER, [A])
    connections.approve("c2", "a.jp", 443, FATHER, [A])
    found = connections.bad(lambda link, client: Level.BLOCK if client == MOTHER else Level.PASS)
    assert found == [("c1", A)]
