"""Judge: the verdict on a link from all that is known now, and the providers that are asked for more.

`verdict` asks nobody and takes microseconds: it reads rules, decisions, lists, earlier answers of the providers and
the evidence of the host's pages. `ask` waits for the providers, where their answer could change the verdict.
"""

import asyncio
from collections.abc import Callable, Sequence

from sekisho.engine.current import Current
from sekisho.engine.read_pages import ReadPages
from sekisho.link import Link
from sekisho.policy import familiarity
from sekisho.policy.requests import worst_of
from sekisho.providers.provider import Opinion, Subject
from sekisho.providers.reputation import Reputation
from sekisho.verdict import Evidence, Verdict


class Judge:
    """Judges links for one household. Used from one event loop. Its methods raise UnavailableError."""

    def __init__(self, current: Current, clock: Callable[[], float]) -> None:
        self._current = current
        self._clock = clock
        self.reputation: Reputation | None = None
        """The providers; None while starting, and where nobody is to be asked."""
        self.read_pages = ReadPages()

    def verdict(self, link: Link, client: str, *, is_click: bool, path: str | None = None) -> Verdict:
        """The verdict on what is known now. path: of the request, for lists and pages of shared hosts."""
        policy = self._current.require_policy()
        evidence = _evidence(self._answer_for(link))
        if pages := self.read_pages.known(link, path, self._clock()):
            evidence = tuple(sorted((*pages, *evidence), key=lambda found: -found.level))
        return policy.judge(link, client, self._clock(), is_click=is_click, path=path, outside=evidence)

    def worst(
        self, links: Sequence[Link], client: str, *, is_click: bool, path: str | None = None
    ) -> tuple[Link, Verdict]:
        """The name with the most severe verdict, and that verdict."""
        return worst_of(lambda link: self.verdict(link, client, is_click=is_click, path=path), links)

    def has_gone_on(self, link: Link, client: str) -> bool:
        """Whether this device chose to go on to this host a few minutes ago."""
        return self._current.require_policy().has_gone_on(link, client, self._clock())

    def note_page(self, link: Link, path: str, evidence: tuple[Evidence, ...]) -> None:
        """Judge the host, or where it is shared this page of it, by what was found there."""
        shared = link.private_suffix or self._current.rulebook().platform_of(link) == link.host
        self.read_pages.note(link, path, evidence, self._clock(), shared=shared)

    async def ask(self, links: Sequence[Link]) -> bool:
        """Ask the providers about all names of a click; whether to judge them again.

        They are to be judged again where a provider answers anything else now, and where the rules or decisions
        changed meanwhile. What was asked a moment ago costs no turn of the event loop.
        """
        if self.reputation is None:
            return False
        policy = self._current.policy
        before = [self._answer_for(link) for link in links]
        wanted = [
            link
            for link, answer in zip(links, before, strict=True)
            if answer is None or not self.reputation.is_current(answer)
        ]
        if len(wanted) == 1:
            await self.ask_one(wanted[0])
        elif wanted:
            await asyncio.gather(*map(self.ask_one, wanted))
        return self._current.policy is not policy or any(
            _evidence(self._answer_for(link)) != _evidence(answer)
            for link, answer in zip(links, before, strict=True)
        )

    async def ask_one(self, link: Link, *, click: bool = True) -> Opinion | None:
        """Ask the providers about a link's domain; `verdict` knows the answer afterwards.

        A click waits no longer than the settings say, and not at all for what was asked just now; a re-check
        (`click` False) waits as long as the providers take. None where there is nothing to ask about: an address,
        a name of the home network.
        """
        found = familiarity.name_of(link, self._current.rulebook())
        if self.reputation is None or found is None:
            return None
        name, shared = found
        if click and self.reputation.is_fresh(name):
            return self.reputation.known(name)
        return await self.reputation.ask(Subject(link, name, shared), click=click)

    def registered_at(self, link: Link) -> float | None:
        """When a link's domain was registered, where a provider knows it; seconds since 1970 UTC."""
        answer = self._answer_for(link)
        return answer.registered_at if answer else None

    def _answer_for(self, link: Link) -> Opinion | None:
        if self.reputation is None or self._current.policy is None:
            return None
        found = familiarity.name_of(link, self._current.policy.rulebook)
        return self.reputation.known(found[0]) if found else None


def _evidence(answer: Opinion | None) -> tuple[Evidence, ...]:
    return answer.evidence if answer else ()
