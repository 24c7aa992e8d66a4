"""Icon: the icons that unfamiliar sites put into the browser's tab are compared with the brands' as they pass.

Nothing is held: what is fetched is copied on its way, and looked at when it is over. Where it is a brand's icon, the
pages that name it are judged anew with that sign, and what is found counts for their host as what a page showed: a
form is held, the next click is warned. The addon decides nothing; a raise costs the sign alone.
"""

import asyncio
import logging
from dataclasses import replace

from mitmproxy import http

from sekisho.engine.approvals import APPROVED
from sekisho.engine.engine import Engine, UnavailableError
from sekisho.engine.page_icons import Address, Waiting
from sekisho.link import host_link
from sekisho.page.icons import LARGEST, hashes_of, is_picture, may_be_icon
from sekisho.page.judge import with_icon
from sekisho.page.unpack import unpack
from sekisho.policy.navigation import Kind
from sekisho.proxy.flows import client_address, names_of
from sekisho.store import StoreError

logger = logging.getLogger(__name__)

COPY = "sekisho.icon"
"""Key in `flow.metadata`: the `Copy` of an answer that may be an icon."""


class Copy:
    """What passes, as long as it may be an icon."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.whole = True
        """It is not longer than an icon that is looked at."""

    def __call__(self, piece: bytes) -> bytes:
        """Take a piece of a stream, and let it go on as it is."""
        if self.whole and len(self.body) + len(piece) <= LARGEST:
            self.body += piece
        else:
            self.whole = False
            self.body.clear()
        return piece


class Icon:
    """Looks at icons of hosts that are not familiar."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Copy what may be an icon."""
        response = flow.response
        if response is None or response.status_code != 200 or not self._is_looked_at(flow):
            return
        content_type, length = (response.headers.get(name, "") for name in ("content-type", "content-length"))
        if length.isdecimal() and int(length) > LARGEST:
            return
        named = self.engine.page_icons.is_named(address_of(flow)) and is_picture(content_type)
        if named or may_be_icon(flow.request.path, content_type):
            flow.metadata[COPY] = copy = Copy()
            if response.stream is True:
                response.stream = copy

    async def response(self, flow: http.HTTPFlow) -> None:
        """Whose icon is it? It has gone to the browser by now, or goes as soon as this is said."""
        copy, response = flow.metadata.pop(COPY, None), flow.response
        if not isinstance(copy, Copy) or response is None:
            return
        body = response.raw_content or bytes(copy.body)
        if not body or not copy.whole or len(body) > LARGEST:
            return
        coding = response.headers.get("content-encoding", "")
        try:
            rulebook = self.engine.rulebook()
            hashes = await asyncio.to_thread(_hashes, body, coding)
        except (ValueError, UnavailableError):
            return
        slug = next((found for one in hashes if (found := rulebook.page.icons.get(one))), None)
        if slug is not None:
            logger.info("an icon of %s is that of %s", names_of(flow)[0].host, slug)
            for page in self.engine.page_icons.note_icon(address_of(flow), slug, self.engine.clock()):
                await self._judge_again(page, slug, client_address(flow.client_conn))

    def _is_looked_at(self, flow: http.HTTPFlow) -> bool:
        kind, verdict = flow.metadata.get(APPROVED, (None, None))
        if kind is not Kind.RESOURCE or self.engine.leaves_alone(verdict, names_of(flow)):
            return False
        try:
            return bool(self.engine.rulebook().page.icons)
        except UnavailableError:
            return False

    async def _judge_again(self, page: Waiting, slug: str, client: str) -> None:
        engine, now, first = self.engine, self.engine.clock(), page.links[0]
        found = with_icon(page.evidence, page.standing, slug, first, engine.rulebook())
        if found == page.evidence:
            return
        found = tuple(replace(item, at=item.at or now) for item in found)
        for link in page.links:
            engine.note_page(link, page.path, found)
        logger.info("a page of %s: %s", first.host, found[0].detail)
        try:
            await engine.keep(first, engine.judge(first, client, is_click=True, path=page.path))
        except (StoreError, TimeoutError, UnavailableError) as error:
            logger.error("what an icon of %s says cannot be kept: %s", first.host, error)


def address_of(flow: http.HTTPFlow) -> Address:
    """Where a request goes, as pages name it."""
    return host_link(flow.request.pretty_host).host, flow.request.path


def _hashes(body: bytes, coding: str) -> tuple[str, ...]:
    """Of an icon without its coding; none where it is too long. Raises ValueError."""
    icon = unpack(body, coding, LARGEST + 1)
    return hashes_of(icon) if len(icon) <= LARGEST else ()
