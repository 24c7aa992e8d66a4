from pathlib import Path

import pytest

from sekisho.store import Store, StoreError
from sekisho.store.asked import Ask
from sekisho.verdict import Level


def test_what_the_family_said_is_there_after_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"
    with Store.open(url) as store:
        store.family.add_person("Mother", 1.0)
        store.family.make_ask(Ask("i", "c", "a.example", Level.WARN, (), 1.0, 9.0), lambda *_: None)
    with Store.open(url, read_only=True) as store:
        assert [person.name for person in store.family.people()] == ["Mother"]
        assert [ask.host for ask in store.family.open_asks(2.0)] == ["a.example"]


def test_a_store_that_cannot_be_used_says_so(store: Store, tmp_path: Path) -> None:
    store.close()
    (tmp_path / "sekisho.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"sekisho\.db"):
        store.family.open_asks(1.0)
