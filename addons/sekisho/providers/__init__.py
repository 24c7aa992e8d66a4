"""providers: the sources of reputation for a domain. Other packages know only their list, `make_providers`.

    provider      the protocol, and the values that go in and out         pure
    condition     the state of one, for `sekisho status` and the desk     pure
    reputation    asks the services, caches and merges their answers
    records       what they keep in the store                             I/O
    feeds/ virustotal/ registration/   one folder a provider

A provider may be slow, wrong, refused or gone; a click never waits longer than its wait allows. None is ever sent a
path. A further provider is a folder here, a line in `make_providers`, and a table of the settings; where it
finds something that no other one does, also a member of `sekisho.reasons.Reason`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sekisho.providers.provider import Context, Provider

if TYPE_CHECKING:
    from sekisho.providers.condition import Condition
    from sekisho.records.sources import Limits, SourceState
    from sekisho.settings import Settings

__all__ = ["Context", "Provider", "first_budget", "make_providers", "read_conditions"]


def make_providers(context: Context) -> tuple[Provider, ...]:
    """Every provider, in the order in which they are asked; nobody is asked yet.

    Imported here: whoever only reads the lists of phishing does not pay for asyncio and its clients.
    """
    from sekisho.providers.feeds.provider import FeedProvider
    from sekisho.providers.registration.provider import RegistrationProvider
    from sekisho.providers.virustotal.provider import VirusTotalProvider

    return (
        VirusTotalProvider(context),
        RegistrationProvider(context),
        FeedProvider(context),
    )


def read_conditions(settings: "Settings", noted: "Iterable[SourceState]") -> "tuple[Condition, ...]":
    """How each provider is, in their order. `noted` is `Store.source_states`, or nothing.

    Reads the key and the files of the feeds, asks nobody, and never raises.
    """
    states = {state.source: state for state in noted}
    return tuple(
        condition
        for provider in make_providers(Context(settings))
        for condition in provider.conditions(states)
    )


def first_budget(providers: Iterable[Provider]) -> "tuple[str, Limits]":
    """Name and limits of the first provider whose questions are counted: the one that an overview shows.

    Raises ValueError where none is counted.
    """
    for provider in providers:
        if provider.service and provider.service.budget:
            return provider.name, provider.service.budget
    raise ValueError("no provider has a budget")
