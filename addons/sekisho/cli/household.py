"""Household: read for a command, without changing or making anything.

`check` judges by it, and `block` and `allow` ask it beforehand what a new word would be worth.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sekisho.cli.failure import failing
from sekisho.policy.household import Household
from sekisho.rulebook import RuleError, load_rulebook
from sekisho.settings import Settings
from sekisho.store import StoreError

if TYPE_CHECKING:
    from sekisho.store import Store


def read_household(settings: Settings) -> Household:
    """Raises Failure where rules, lists or the store cannot be read: without them no answer is true."""
    with failing(RuleError):
        rulebook = load_rulebook(settings.rules, settings.state)
    now = time.time()
    with open_store(settings, read_only=True) as store:
        if store is None:
            return Household(rulebook, (), settings.household, frozenset())
        decisions, familiar = store.decisions.in_force(now), store.known_domains.familiar_to_household(now)
        return Household(rulebook, tuple(decisions), settings.household, familiar)


@contextmanager
def open_store(settings: Settings, *, read_only: bool = False) -> "Iterator[Store | None]":
    """The store, or None where nobody has made it yet. Raises Failure where it cannot be used."""
    if not may_have_store(settings):
        yield None
        return
    from sekisho.store import Store  # SQLAlchemy takes as long to import as the rest; many have no store

    with failing(StoreError), Store.open(settings.store_url, read_only=read_only) as store:
        yield store


def may_have_store(settings: Settings) -> bool:
    """False where the store is a file that nobody has made yet."""
    kind, found, path = settings.store_url.partition(":///")
    return not (found and kind.startswith("sqlite")) or Path(path).exists()
