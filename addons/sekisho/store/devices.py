"""People and devices in the database. Changes are on the disk before a call returns."""

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from sekisho.records.asks import Device, Person
from sekisho.records.visits import UnfitNameError
from sekisho.store.database import TableGroup, insert_numbered
from sekisho.store.schema import CLIENT_LENGTH, NAME_LENGTH, devices, people

_WITH_PEOPLE = select(devices, people.c.name.label("person")).join(
    people, people.c.id == devices.c.person_id, isouter=True
)


class Devices(TableGroup):
    """The people of the household and their devices."""

    def add_person(self, name: str, at: float) -> Person:
        """Somebody new. Raises UnfitNameError for an empty name, or one that is taken."""
        name = _name(name)
        with self._database.transaction("durable") as connection:
            if connection.execute(select(people.c.id).where(people.c.name == name)).first():
                raise UnfitNameError(f"there is a {name} already; choose another name", "taken", name)
            number = insert_numbered(connection, people, {"name": name, "at": at}, name)
        return Person(number, name, at)

    def remove_person(self, person_id: int) -> bool:
        """Their devices stay, and are nobody's; False where there is no such person."""
        with self._database.transaction("durable") as connection:
            connection.execute(update(devices).where(devices.c.person_id == person_id).values(person_id=None))
            return connection.execute(delete(people).where(people.c.id == person_id)).rowcount > 0

    def people(self) -> list[Person]:
        """Everybody, by name."""
        rows = self._database.rows(select(people).order_by(people.c.name))
        return [Person(**row._asdict()) for row in rows]

    def name(self, client: str, name: str, person_id: int | None, at: float) -> Device:
        """Name a device, and whose it is, in place of its name before.

        Raises UnfitNameError for no name or no such person.
        """
        client, name = client[:CLIENT_LENGTH], _name(name)
        with self._database.transaction("durable") as connection:
            owner = connection.execute(select(people.c.name).where(people.c.id == person_id)).scalar()
            if person_id is not None and owner is None:
                raise UnfitNameError(f"there is no person {person_id}; add them first", "nobody")
            connection.execute(delete(devices).where(devices.c.client == client))
            connection.execute(insert(devices).values(client=client, name=name, person_id=person_id, at=at))
        return Device(client, name, person_id, at, owner or "")

    def forget(self, client: str) -> bool:
        """False where it had no name."""
        here = devices.c.client == client[:CLIENT_LENGTH]
        return self._database.run("durable", delete(devices).where(here)) > 0

    def all(self) -> list[Device]:
        """Every device with a name, by address."""
        return [_device(row) for row in self._database.rows(_WITH_PEOPLE.order_by(devices.c.client))]

    def find(self, client: str) -> Device | None:
        """The device with this address, where it has a name."""
        with self._database.transaction("read") as connection:
            return find_device(connection, client)


def find_device(connection: Connection, client: str) -> Device | None:
    """As `Devices.find`, in the caller's transaction."""
    row = connection.execute(_WITH_PEOPLE.where(devices.c.client == client[:CLIENT_LENGTH])).one_or_none()
    return _device(row) if row else None


def _device(row: Row[Any]) -> Device:
    return Device(row.client, row.name, row.person_id, row.at, row.person or "")


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise UnfitNameError("write a name of letters that can be seen", "unseen")
    return name[:NAME_LENGTH]
