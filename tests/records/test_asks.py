import pytest

from sekisho.records.asks import ANSWERS, Ask, Device, name_of, names_of
from sekisho.verdict import Level

ASK = Ask("i", "192.168.1.5", "a.example", Level.WARN, (), at=1.0, expires=9.0)


def test_an_ask_that_is_over_is_not_open_any_more() -> None:
    assert [ASK.state(now) for now in (1.0, 8.9, 9.0)] == ["open", "open", "expired"]


@pytest.mark.parametrize(
    ("person", "name", "sentence"),
    [("Mother", "phone", "Mother (phone)"), ("", "kitchen", "kitchen"), ("Mother", "", "Mother")],
)
def test_a_device_is_told_as_the_family_calls_it(person: str, name: str, sentence: str) -> None:
    assert Device("192.168.1.5", name, 1, 0.0, person).label == sentence


def test_the_answers_are_those_of_the_buttons() -> None:
    assert ANSWERS == ("once", "1d", "1w", "always", "block")


def test_a_device_without_a_name_is_told_by_its_address() -> None:
    names = names_of([Device("192.168.1.5", "phone", 1, 0.0, "Mother"), Device("192.168.1.6", "", None, 0.0)])
    assert [name_of(client, names) for client in ("192.168.1.5", "192.168.1.6", "192.168.1.7")] == [
        "Mother (phone)",
        "192.168.1.6",
        "192.168.1.7",
    ]
