"""Icons: the icons that unfamiliar sites put into the browser's tab are compared with the brands' as they pass.

Nothing is held: the response is copied as it passes, and compared at its end. Where it is a brand's icon, the pages
that name it are judged again with that sign. The evidence counts for their host like that of a page: its forms are
held, and the next click gets a warning.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from sekisho.decompress import decompress
from sekisho.engine.current import Current, UnavailableError
from sekisho.engine.judging import Judge
from sekisho.engine.page_icons import PageIcons, Waiting
from sekisho.engine.visits import Visits
from sekisho.page.icons import LARGEST, hashes_of, is_picture, may_be_icon
from sekisho.page.judge import with_icon
from sekisho.policy.home_network import HomeNetwork
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request
from sekisho.policy.requests import leaves_alone
from sekisho.store import StoreError
from sekisho.verdict import Verdict

logger = logging.getLogger(__name__)


class Icons:
    """Compares icons of hosts that are not familiar. Used from one event loop."""

    def __init__(
        self,
        current: Current,
        judge: Judge,
        visits: Visits,
        pages: PageIcons,
        home: HomeNetwork,
        clock: Callable[[], float],
    ) -> None:
        self._current = current
        self._judge = judge
        self._visits = visits
        self._pages = pages
        self._home = home
        self._clock = clock

    def may_be_one(self, request: Request, verdict: Verdict, content_type: str, length: int | None) -> bool:
        """Whether an answer has to be copied and compared. length: of its body in bytes, None where it is not given."""
        policy = self._current.policy
        if request.kind is not Kind.RESOURCE or policy is None or not policy.rulebook.page.icons:
            return False
        if (length or 0) > LARGEST or leaves_alone(verdict, request.links, self._home):
            return False
        is_named = self._pages.is_named((request.shown.host, request.path)) and is_picture(content_type)
        return is_named or may_be_icon(request.path, content_type)

    async def compare(self, request: Request, body: bytes, coding: str) -> None:
        """Whose icon is it? body: at most `LARGEST` bytes as they came; coding: `Content-Encoding`."""
        try:
            icons = self._current.rulebook().page.icons
            hashes = await asyncio.to_thread(_hashes, body, coding)
        except (ValueError, UnavailableError):
            return
        slug = next((found for one in hashes if (found := icons.get(one))), None)
        if slug is not None:
            logger.info("an icon of %s is that of %s", request.link.host, slug)
            address = request.shown.host, request.path
            for page in self._pages.note_icon(address, slug, self._clock()):
                await self._judge_again(page, slug, request.client)

    async def _judge_again(self, page: Waiting, slug: str, client: str) -> None:
        first = page.links[0]
        found = with_icon(page.evidence, page.standing, slug, first, self._current.rulebook())
        if found == page.evidence:
            return
        found = tuple(replace(item, at=item.at or self._clock()) for item in found)
        for link in page.links:
            self._judge.note_page(link, page.path, found)
        logger.info("a page of %s: %s", first.host, found[0].detail)
        try:
            verdict = self._judge.verdict(first, client, is_click=True, path=page.path)
            await self._visits.keep(first, verdict)
        except (StoreError, TimeoutError, UnavailableError) as error:
            logger.error("what an icon of %s says cannot be kept: %s", first.host, error)


def _hashes(body: bytes, coding: str) -> tuple[str, ...]:
    """Of an icon without its coding; none where it is too long. Raises ValueError."""
    icon = decompress(body, coding, LARGEST + 1)
    return hashes_of(icon) if len(icon) <= LARGEST else ()
