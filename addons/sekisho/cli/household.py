"""Household: read for a command, without changing or making anything.

`check` judges by it, and `block` and `allow` ask it beforehand what a new word would be worth.
"""

import time
from pathlib import Path

from sekisho.cli.failure import Failure
from sekisho.policy.decisions import Decision
from sekisho.policy.household import Household
from sekisho.rulebook import RuleError, load_rulebook
from sekisho.settings import Settings
from sekisho.store import StoreError


def read_household(settings: Settings) -> Household:
    """Raises Failure where rules, lists or the store cannot be read: without them no answer is true."""
    try:
        rulebook = load_rulebook(settings.rules, settings.state)
        decisions: list[Decision] = []
        familiar: frozenset[str] = frozenset()
        if may_have_store(settings):
            from sekisho.store import (
                Store,  # SQLAlchemy takes as long to import as the rest; many have no store
            )

            with Store.open(settings.store_url, read_only=True) as store:
                decisions = store.decisions(time.time())
                familiar = store.memory.familiar_to_household(time.time())
    except RuleError as error:
        raise Failure("\nsekisho: ".join(error.problems)) from error
    except StoreError as error:
        raise Failure(str(error)) from error
    return Household(rulebook, tuple(decisions), settings.household, familiar)


def may_have_store(settings: Settings) -> bool:
    """False where the store is a file that nobody has made yet."""
    kind, found, path = settings.store_url.partition(":///")
    return not (found and kind.startswith("sqlite")) or Path(path).exists()
