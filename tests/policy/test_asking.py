import pytest

from sekisho.link import host_link
from sekisho.policy.asking import (
    ONCE_SECONDS,
    OPEN_SECONDS,
    PER_DEVICE,
    PER_HOUSEHOLD,
    TooManyAsksError,
    check_rate,
    decision_of,
    new_ask,
)
from sekisho.policy.decisions import Decisions
from sekisho.records.asks import Answer
from sekisho.verdict import Level, Verdict

NOW = 1_000_000.0
HOST = host_link("shop.example")
ASK = new_ask(HOST, "192.168.1.5", Verdict(Level.WARN), NOW, ask_id="i")


def test_a_hundred_asks_in_a_minute_ring_a_few_times() -> None:
    """A page that makes a parent press the button again and again must not wear the family out."""
    made: list[float] = []
    for number in range(100):
        try:
            check_rate(made, made, NOW + number * 0.6)
        except TooManyAsksError:
            continue
        made.append(NOW + number * 0.6)
    assert len(made) == PER_DEVICE[0][1] == 5


def test_many_devices_together_are_bounded_too() -> None:
    with pytest.raises(TooManyAsksError):
        check_rate([], [NOW - second for second in range(PER_HOUSEHOLD[0][1])], NOW)
    check_rate([], [NOW - 10 * second for second in range(PER_HOUSEHOLD[0][1])], NOW)


def test_who_asked_too_often_is_told_when_to_ask_again() -> None:
    times = [NOW - 500, NOW - 400, NOW - 300, NOW - 200, NOW - 100]
    with pytest.raises(TooManyAsksError, match="again in 2 minutes") as caught:
        check_rate(times, times, NOW)
    assert caught.value.wait == 100.0
    check_rate(times, times, NOW + 100.0)


def test_a_clock_that_was_ahead_does_not_shut_the_door_for_ever() -> None:
    times = [NOW + 1e6] * 5
    with pytest.raises(TooManyAsksError) as caught:
        check_rate(times, times, NOW)
    assert caught.value.wait == 600.0


def test_an_ask_is_open_for_a_day() -> None:
    assert ASK.expires == NOW + OPEN_SECONDS
    assert (ASK.host, ASK.client, ASK.path) == ("shop.example", "192.168.1.5", None)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/login", "/login"),
        ("/a?token=secret", "/a"),
        ("/a#secret", "/a"),
        ("/a;jsessionid=secret", "/a"),
        ("/a\nb", "/a"),
        ("?q", None),
        (None, None),
        ("/" + "x" * 900, "/" + "x" * 499),
    ],
)
def test_a_query_is_told_to_nobody(path: str | None, sentence: str | None) -> None:
    assert new_ask(HOST, "c", Verdict(Level.WARN), NOW, ask_id="i", path=path).path == sentence


@pytest.mark.parametrize(
    ("answer", "device", "other", "subdomain", "ends"),
    [
        ("once", "allow", None, None, ONCE_SECONDS),
        ("1d", "allow", "allow", "allow", 86_400.0),
        ("1w", "allow", "allow", "allow", 7 * 86_400.0),
        ("always", "allow", "allow", "allow", None),
        ("block", "block", "block", "block", None),
    ],
)
def test_what_each_answer_decides(
    answer: Answer, device: str, other: str | None, subdomain: str | None, ends: float | None
) -> None:
    """Who answers "once" to the mother has not opened the site to the grandchild, nor for the evening."""
    decision = decision_of(ASK, answer, by="desk", now=NOW)
    decisions = Decisions([decision])

    def said(host: str, client: str, at: float) -> str | None:
        found = decisions.find(host_link(host), client, at)
        return found.kind if found else None

    assert said("shop.example", "192.168.1.5", NOW) == device
    assert said("shop.example", "192.168.1.6", NOW) == other
    assert said("www.shop.example", "192.168.1.5", NOW) == subdomain
    later = NOW + (ends or 10 * 365 * 86_400.0)
    assert said("shop.example", "192.168.1.5", later) == (None if ends else device)
    assert not decision.is_go_on
