import pytest

from sekisho.store import Store, Visit
from sekisho.verdict import Level


def test_a_device_is_somebodys_and_can_change_hands(store: Store) -> None:
    mother, father = store.devices.add_person("お母さん", 1.0), store.devices.add_person("Father", 2.0)
    store.devices.name("192.168.1.5", "スマホ", mother.id, 3.0)
    assert store.devices.name("192.168.1.5", "tablet", father.id, 4.0).label == "Father (tablet)"
    assert [device.person for device in store.devices.all()] == ["Father"]
    assert store.devices.people() == [father, mother]


def test_who_moves_out_leaves_a_device_behind(store: Store) -> None:
    mother = store.devices.add_person("Mother", 1.0)
    store.devices.name("192.168.1.5", "phone", mother.id, 3.0)
    assert store.devices.remove_person(mother.id)
    assert not store.devices.remove_person(mother.id)
    device = store.devices.find("192.168.1.5")
    assert device
    assert (device.label, device.person_id) == ("phone", None)
    assert store.devices.forget("192.168.1.5")
    assert store.devices.find("192.168.1.5") is None


@pytest.mark.parametrize("name", ["", "  ", "a\u202eb"])
def test_a_name_can_be_seen(store: Store, name: str) -> None:
    """It stands in messages, where letters that turn others around would tell a lie."""
    with pytest.raises(ValueError, match="can be seen"):
        store.devices.add_person(name, 1.0)


def test_names_are_unlike_and_persons_there(store: Store) -> None:
    store.devices.add_person("Mother", 1.0)
    with pytest.raises(ValueError, match="there is a Mother already"):
        store.devices.add_person(" Mother ", 2.0)
    with pytest.raises(ValueError, match="no person 99"):
        store.devices.name("192.168.1.5", "phone", 99, 3.0)


def test_devices_that_came_by_are_known_by_their_last_visit(store: Store) -> None:
    for client, at in (
        ("192.168.1.5", 10.0),
        ("192.168.1.6", 30.0),
        ("192.168.1.5", 50.0),
        ("10.0.0.1", 3.0),
    ):
        store.visits.record([Visit("example.org", Level.PASS, at, client)])
    assert store.visits.devices(5.0) == [("192.168.1.5", 50.0), ("192.168.1.6", 30.0)]
    assert store.visits.devices(0.0, limit=1) == [("192.168.1.5", 50.0)]
