"""People and devices in the database. Functions on a connection; the caller has the transaction."""

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from sekisho.store.asked import Device, Person
from sekisho.store.records import StoreError, UnfitNameError
from sekisho.store.schema import CLIENT_LENGTH, NAME_LENGTH, devices, people, visits


def add_person(connection: Connection, name: str, at: float) -> Person:
    """Somebody new. Raises UnfitNameError for an empty name, or one that is taken."""
    name = _name(name)
    if connection.execute(select(people.c.id).where(people.c.name == name)).first():
        raise UnfitNameError(f"there is a {name} already; choose another name", "taken", name)
    key = connection.execute(insert(people).values(name=name, at=at)).inserted_primary_key
    if key is None:
        raise StoreError(f"the store gave no number to {name}")
    return Person(int(key[0]), name, at)


def remove_person(connection: Connection, person_id: int) -> bool:
    """Their devices stay, and are nobody's; False where there is no such person."""
    connection.execute(update(devices).where(devices.c.person_id == person_id).values(person_id=None))
    return connection.execute(delete(people).where(people.c.id == person_id)).rowcount > 0


def list_people(connection: Connection) -> list[Person]:
    """Everybody, by name."""
    rows = connection.execute(select(people).order_by(people.c.name)).all()
    return [Person(**row._asdict()) for row in rows]


def name_device(connection: Connection, client: str, name: str, person_id: int | None, at: float) -> Device:
    """Call a device so, in place of what it was called. Raises UnfitNameError for no name or no such person."""
    client, name = client[:CLIENT_LENGTH], _name(name)
    known = connection.execute(select(people.c.id).where(people.c.id == person_id)).first()
    if person_id is not None and not known:
        raise UnfitNameError(f"there is no person {person_id}; add them first", "nobody")
    connection.execute(delete(devices).where(devices.c.client == client))
    connection.execute(insert(devices).values(client=client, name=name, person_id=person_id, at=at))
    found = find_device(connection, client)
    if found is None:
        raise StoreError(f"the store did not keep the name of {client}")
    return found


def forget_device(connection: Connection, client: str) -> bool:
    """False where it had no name."""
    return connection.execute(delete(devices).where(devices.c.client == client[:CLIENT_LENGTH])).rowcount > 0


def list_devices(connection: Connection) -> list[Device]:
    """Every device with a name, by address."""
    return [_device(row) for row in connection.execute(_WITH_PEOPLE.order_by(devices.c.client))]


def find_device(connection: Connection, client: str) -> Device | None:
    """The device with this address, where it has a name."""
    row = connection.execute(_WITH_PEOPLE.where(devices.c.client == client[:CLIENT_LENGTH])).one_or_none()
    return _device(row) if row else None


def seen(connection: Connection, since: float, limit: int) -> list[tuple[str, float]]:
    """(address, last visit) of every device that came by since then, the latest first."""
    last = func.max(visits.c.at)
    query = select(visits.c.client, last).where(visits.c.at >= since).group_by(visits.c.client)
    return [(client, at) for client, at in connection.execute(query.order_by(last.desc()).limit(limit))]


_WITH_PEOPLE = select(devices, people.c.name.label("person")).join(
    people, people.c.id == devices.c.person_id, isouter=True
)


def _device(row: Row[Any]) -> Device:
    return Device(row.client, row.name, row.person_id, row.at, row.person or "")


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise UnfitNameError("write a name of letters that can be seen", "unseen")
    return name[:NAME_LENGTH]
