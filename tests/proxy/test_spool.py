"""However much somebody sends, the proxy holds a bounded part of it."""

from collections.abc import Iterator

import pytest
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.http._events import RequestData
from mitmproxy.proxy.utils import ReceiveBuffer
from mitmproxy.test import tflow

from sekisho.policy.bodies import LONGEST_BODY
from sekisho.proxy.spool import MOST_IN_ALL, TOO_LONG, SpoolingStream


def stream(response: bool = False) -> SpoolingStream:
    made = SpoolingStream.__new__(SpoolingStream)
    made.flow = tflow.tflow(resp=response)
    made.request_body_buf = ReceiveBuffer()
    return made


def feed(to: SpoolingStream, size: int, piece: int = 1024 * 1024) -> None:
    for _ in range(size // piece):
        _run(to.state_consume_request_body(RequestData(1, bytes(piece))))


def _run(commands: Iterator[object]) -> None:
    for _ in commands:
        raise AssertionError("it wanted something")


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HttpStream, "check_body_size", lambda self, request: iter(()))


def test_a_body_up_to_the_limit_is_kept_whole() -> None:
    one = stream()
    feed(one, LONGEST_BODY)
    assert len(one.request_body_buf) == LONGEST_BODY
    assert TOO_LONG not in one.flow.metadata


def test_a_longer_one_is_forgotten_and_marked() -> None:
    one = stream()
    feed(one, LONGEST_BODY * 3)
    assert len(one.request_body_buf) == 0
    assert one.flow.metadata[TOO_LONG]


def test_what_was_answered_is_not_kept() -> None:
    one = stream(response=True)
    feed(one, 2 * 1024 * 1024)
    assert len(one.request_body_buf) == 0


def test_many_long_ones_share_a_limit_and_small_ones_always_have_room() -> None:
    many = [stream() for _ in range(6)]
    for each in many:
        feed(each, 12 * 1024 * 1024)
    assert sum(len(each.request_body_buf) for each in many) <= MOST_IN_ALL
    assert many[-1].flow.metadata.get(TOO_LONG)
    small = stream()
    feed(small, 1024 * 1024)
    assert TOO_LONG not in small.flow.metadata
