import pytest

from sekisho.store.asked import ANSWERS, Ask, Device
from sekisho.verdict import Level

ASK = Ask("i", "192.168.1.5", "a.example", Level.WARN, (), at=1.0, expires=9.0)


def test_an_ask_that_is_over_is_not_open_any_more() -> None:
    assert [ASK.state(now) for now in (1.0, 8.9, 9.0)] == ["open", "open", "expired"]


@pytest.mark.parametrize(
    ("person", "name", "told"),
    [("Mother", "phone", "Mother (phone)"), ("", "kitchen", "kitchen"), ("Mother", "", "Mother")],
)
def test_a_device_is_told_as_the_family_calls_it(person: str, name: str, told: str) -> None:
    assert Device("192.168.1.5", name, 1, 0.0, person).told == told


def test_the_answers_are_those_of_the_buttons() -> None:
    assert ANSWERS == ("once", "1d", "1w", "always", "block")
