"""What waits for a person's answer belongs to one device, one form token and one hour; tickets and forms rest on it."""

from dataclasses import dataclass

import pytest

from sekisho.engine.pending import Pending, same_secret


@dataclass(frozen=True)
class Thing:
    id: str
    client: str = "192.168.1.20"
    issued: float = 0.0
    answered: bool = False


class Things(Pending[Thing]):
    def __init__(self, *, most: int = 10) -> None:
        super().__init__(random_name=None, lifetime=100.0, most=most)

    def add(self, thing: Thing) -> Thing:
        with self._lock:
            self._keep(thing)
        return thing

    def answer(self, thing: Thing) -> Thing:
        with self._lock:
            return self._change(Thing(thing.id, thing.client, thing.issued, answered=True))


def test_it_is_there_for_its_own_device_and_while_it_is_fresh() -> None:
    things = Things()
    thing = things.add(Thing("a"))
    assert things.find("a", thing.client, 99.0) is thing
    assert things.find("a", "192.168.1.21", 99.0) is None
    assert things.find("b", thing.client, 99.0) is None
    assert things.find("a", thing.client, 100.0) is None
    with pytest.raises(KeyError):
        things.token(thing, 100.0)


def test_a_form_brings_back_the_token_of_its_own_page() -> None:
    things = Things()
    one, other = things.add(Thing("a")), things.add(Thing("b"))
    token = things.token(one, 1.0)
    assert things.accepts(one, token, 1.0)
    for wrong in ("", one.id, things.token(other, 1.0), "\ud800"):
        assert not things.accepts(one, wrong, 1.0)
    assert not things.accepts(one, token, 100.0)


def test_an_answer_keeps_the_token() -> None:
    things = Things()
    thing = things.add(Thing("a"))
    token = things.token(thing, 1.0)
    changed = things.answer(thing)
    assert things.find("a", thing.client, 1.0) is changed
    assert things.token(changed, 1.0) == token


def test_the_oldest_goes_first_and_what_expired_does_not_stay_in_memory() -> None:
    things = Things(most=3)
    for number in range(5):
        things.add(Thing(str(number), issued=number))
    assert [things.find(str(number), "192.168.1.20", 5.0) is None for number in range(5)] == [
        True, True, False, False, False,
    ]  # fmt: skip
    things.add(Thing("new", issued=103.5))
    assert len(things) == 2


@pytest.mark.parametrize(
    ("given", "same"), [("secret", True), ("Secret", False), ("", False), ("\ud800", False), ("é", False)]
)
def test_a_secret_is_compared_whatever_was_typed(given: str, same: bool) -> None:
    assert same_secret("secret", given) is same
