"""Reputation: what all providers know about a name, as evidence, for clicks and for re-checks.

Services are asked one after the other, in the order of their list: what one of them answered (the age of a name) is
not asked of the next ones. A click waits a moment; an answer that comes later is cached here and counts from the next
request on. Each answer replaces the earlier one of the same provider, and no other. Used from one event loop.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache

from sekisho.link import Link
from sekisho.providers.provider import NOTHING, Opinion, Provider, Subject, merge
from sekisho.verdict import Evidence, Reason

logger = logging.getLogger(__name__)

BROKEN_SECONDS = 60.0
"""Until a provider is asked again that raised an error."""
PATIENCE = 30.0
"""Seconds that a re-check waits for all providers together."""
MOST = 20_000
"""Names that are cached; the one that was not used for longest goes first."""


@dataclass(frozen=True, slots=True)
class _Cached:
    """What is known of one name."""

    opinions: Mapping[str, Opinion]
    """The last answer of each provider, by its name."""
    merged: Opinion


class Reputation:
    """Asks the providers, and caches in memory what they answered. None of its methods raises."""

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        rose: Callable[[str, Opinion], None] = lambda name, opinion: None,
        listed: Callable[[Provider], None] = lambda provider: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`rose` is called with each name whose level rose by an answer that came late, `listed` with each
        provider whose local list changed.
        """
        self.providers = tuple(providers)
        self.listed = listed
        self.recalls: frozenset[Reason] = frozenset().union(*(one.recalls for one in providers))
        """Reasons of findings that `recall` takes."""
        self._services = tuple((one, one.service) for one in providers if one.service is not None)
        self._lists = tuple(one for one in providers if one.service is None)
        self._rose = rose
        self._clock = clock
        self._cache: LRUCache[str, _Cached] = LRUCache(MOST)
        for provider in providers:
            provider.listener = self

    @property
    def vouches(self) -> bool:
        """Some provider is set up that says whether a name is dangerous."""
        return any(provider.vouches for provider in self.providers)

    def known(self, name: str) -> Opinion | None:
        """What services answered until now, current or not; None where none was asked."""
        cached = self._cache.get(name)
        return cached.merged if cached else None

    def listed_as(self, link: Link, path: str | None) -> tuple[Evidence, ...]:
        """What the local lists say of a host or, by path and query, a page; the worst first. Asks nobody."""
        subject = Subject(link, link.domain, path=path)
        found = [item for provider in self._lists for item in provider.known(subject).evidence]
        return tuple(sorted(found, key=lambda item: -item.level)) if found else ()

    def recall(self, name: str, evidence: tuple[Evidence, ...]) -> None:
        """Of the findings of an earlier run those count that a provider alone makes, until it is asked again."""
        if name in self._cache:
            return
        for provider in self.providers:
            found = tuple(item for item in evidence if item.reason in provider.recalls)
            if found:
                self._keep(name, provider, Opinion(found))

    def is_fresh(self, name: str) -> bool:
        """There is nothing to ask."""
        known = self.known(name)
        return known is not None and self.is_current(known)

    def is_current(self, opinion: Opinion) -> bool:
        """It still counts without asking again."""
        return self._clock() < opinion.until

    async def ask(self, subject: Subject, *, click: bool) -> Opinion:
        """Ask every service about a name.

        A click waits for all of them together as long as for the first in the list, and takes answers that their
        caches hold; a re-check asks anew and waits as long as they take.
        """
        name = subject.name
        patience = (self._services[0][1].wait if self._services else 0.0) if click else PATIENCE
        end = time.monotonic() + patience
        for provider, service in self._services:
            before = self._last(name, provider)
            left = max(0.0, end - time.monotonic())
            opinion = await self._ask(
                provider,
                subject,
                wait=min(left, service.wait) if click else left,
                click=click,
                max_age=service.ttl if click else 0.0,
            )
            newer = self._last(name, provider)
            if newer is not None and newer is not before and not opinion.answered:
                opinion = newer  # a late answer, which came while this one was given up
            self._keep(name, provider, opinion)
            if subject.registered_at is None:
                subject = replace(subject, registered_at=opinion.registered_at)
        return self.known(name) or NOTHING

    def answered(self, provider: Provider, name: str, opinion: Opinion) -> None:
        """As `Listener.answered`."""
        before = self.known(name) or NOTHING
        after = self._keep(name, provider, opinion)
        if after.level > before.level:
            self._rose(name, after)

    async def close(self) -> None:
        """End what is under way at every provider."""
        await asyncio.gather(*(provider.close() for provider in self.providers))

    async def _ask(
        self, provider: Provider, subject: Subject, *, wait: float, click: bool, max_age: float
    ) -> Opinion:
        try:
            return await provider.ask(subject, wait=wait, click=click, max_age=max_age)
        except Exception:
            # A mistake in one provider must not end a click, nor keep the others from being asked.
            logger.exception("%s could not be asked", provider.name)
            return Opinion(answered=False, until=self._clock() + BROKEN_SECONDS)

    def _last(self, name: str, provider: Provider) -> Opinion | None:
        cached = self._cache.get(name)
        return cached.opinions.get(provider.name) if cached else None

    def _keep(self, name: str, provider: Provider, opinion: Opinion) -> Opinion:
        cached = self._cache.get(name)
        opinions = {**(cached.opinions if cached else {}), provider.name: opinion}
        merged = merge(tuple(opinions[one.name] for one in self.providers if one.name in opinions))
        self._cache[name] = _Cached(opinions, merged)
        return merged
