"""Who typed a password tells the family once; a stuck key must not ring a phone a hundred times."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.engine.typed import PER_DEVICE, tell_typed
from sekisho.notify.messages import Teller
from sekisho.rulebook.aftercare import Harm
from sekisho.store import Store
from sekisho.store.domain_records import TYPED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/sekisho.db") as opened:
        yield opened


def test_it_is_an_event_that_waits_to_be_told(store: Store) -> None:
    assert tell_typed(store, "fake.example", "192.168.1.20", "password", 1000.0)
    (event,) = store.events.all(pending_only=True)
    assert (event.kind, event.host, event.detail, event.at) == (TYPED, "fake.example", "password", 1000.0)
    assert [person.client for person in event.people] == ["192.168.1.20"]


def test_one_device_tells_so_often_and_no_other_is_kept_from_it(store: Store) -> None:
    told = [tell_typed(store, "", "192.168.1.20", "card", 1000.0 + n) for n in range(PER_DEVICE + 2)]
    assert told == [True] * PER_DEVICE + [False, False]
    assert tell_typed(store, "", "192.168.1.21", "card", 1020.0)
    assert tell_typed(store, "", "192.168.1.20", "card", 1000.0 + 3601)


@pytest.mark.parametrize("harm", Harm)
def test_every_harm_has_its_message_in_both_languages(store: Store, harm: Harm) -> None:
    tell_typed(store, "fake.example", "192.168.1.20", harm.value, 1000.0)
    (event,) = store.events.all()
    names = {"192.168.1.20": "母 (スマホ)"}
    said = {"ja": Teller("ja", names).event(event), "en": Teller("en", names).event(event)}
    for message in said.values():
        assert "母 (スマホ)" in message.title
        assert "fake[.]example" in message.body
    assert said["ja"].title != said["en"].title
    assert ("only clicked" in said["en"].body) is (harm is Harm.CLICKED)
