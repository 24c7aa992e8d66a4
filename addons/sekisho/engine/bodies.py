"""Bodies: a request body to an unfamiliar host is read before it is sent, and held where a secret is in it.

`decide_head` decides where the head is enough: nothing has to be read, or the body is too long. `decide` has the
whole request: a click that comes back for a held form gets it, once; a click after a script's request that was
stopped unseen is answered by a page about that request; then query and body are read. Not read are requests to
familiar hosts, hosts that the family allowed, the home network, and hosts to which this device has released its
secrets.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache

from sekisho.engine.held_forms import Forms, HeldForm
from sekisho.engine.judging import Judge
from sekisho.engine.releases import Releases
from sekisho.engine.unseen_programs import UnseenPrograms
from sekisho.engine.visits import Visits
from sekisho.forms.bodies import Field, read_body, read_query, unpacked
from sekisho.forms.secrets import find_secrets
from sekisho.link import Link
from sekisho.page.masked import password_fields
from sekisho.policy.action import Action, Forward, Hold, HoldReason, Interstitial
from sekisho.policy.bodies import (
    LONGEST_BODY,
    decide_secrets,
    has_typed_query,
    is_long,
    may_return,
    too_long,
)
from sekisho.policy.home_network import HomeNetwork
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request
from sekisho.policy.requests import leaves_alone
from sekisho.verdict import Secret, Verdict

logger = logging.getLogger(__name__)

_READ_AT_ONCE = 16 * 1024
"""Bytes that are read on the event loop; more in a thread."""
_MOST_HOSTS = 500
"""Domains of which the masked fields are kept."""
_MOST_NAMES = 50
"""Masked fields that are kept of one domain."""


@dataclass(frozen=True, slots=True)
class Body:
    """What goes up with a request, or in one message of a WebSocket."""

    content: bytes = b""
    content_type: str = ""
    coding: str = ""
    """`Content-Encoding`."""
    is_too_long: bool = False
    """It was longer than `LONGEST_BODY` and is not here."""
    copy: Callable[[], tuple[object, int]] = lambda: (None, 0)
    """Makes a copy of the whole request, and its size in bytes; called where it is held."""


class Bodies:
    """Reads what goes up to hosts that are not familiar. Used from one event loop."""

    def __init__(
        self,
        forms: Forms,
        releases: Releases,
        unseen: UnseenPrograms,
        judge: Judge,
        visits: Visits,
        home: HomeNetwork,
        clock: Callable[[], float],
    ) -> None:
        self.forms = forms
        self.releases = releases
        self._unseen = unseen
        self._judge = judge
        self._visits = visits
        self._home = home
        self._clock = clock
        self._masked: LRUCache[str, frozenset[str]] = LRUCache(_MOST_HOSTS)
        """Registrable domain → names of fields that its pages mask."""

    def is_free(self, request: Request, verdict: Verdict) -> bool:
        """Nothing that goes to these names has to be read."""
        return leaves_alone(verdict, request.links, self._home)

    def note_masked(self, link: Link, names: frozenset[str]) -> None:
        """A page of this host masks fields of these names; its scripts name them as they like."""
        if names:
            known = self._masked.get(link.domain, frozenset()) | names
            self._masked[link.domain] = frozenset(sorted(known)[:_MOST_NAMES])

    def read_page(self, request: Request, verdict: Verdict, page: Body) -> None:
        """Remember which fields a page masks."""
        if verdict.familiar or "html" not in page.content_type.lower():
            return
        html = unpacked(page.content, page.coding).decode("utf-8", "replace")
        self.note_masked(request.shown, password_fields(html))

    async def decide_head(self, request: Request, verdict: Verdict, length: int | None) -> Action:
        """By the head alone. length: bytes of the body; None where it is not given."""
        if self.is_free(request, verdict):
            return Forward(verdict, cleared=not self._is_awaited(request))
        if request.method not in ("GET", "HEAD", "OPTIONS") and is_long(length):
            if await self.releases.is_released(request.links, request.client):
                return Forward(verdict, cleared=True)
            if length is not None and length > LONGEST_BODY:
                return self._held(request, too_long(verdict), Body())
        return Forward(verdict)

    async def decide(self, request: Request, verdict: Verdict, body: Body) -> Action:
        """By the whole request: forward it, or a held form in its place; hold it; or ask about what came before.

        Raises UnavailableError.
        """
        if body.is_too_long:
            return self._held(request, too_long(verdict), body)
        if request.is_get_click and (action := self._decide_click(request, verdict)) is not None:
            return action
        found = await self._secrets_in(request, body)
        if (hold := await self._decide_secrets(request, verdict, found)) is not None:
            return self._held(request, hold, body)
        return self._unseen_program(request) or Forward(verdict, cleared=True)

    async def decide_message(self, request: Request, verdict: Verdict, content: bytes) -> Action:
        """By one message of a WebSocket."""
        if self.is_free(request, verdict):
            return Forward(verdict, cleared=True)
        message = replace(request, kind=Kind.RESOURCE)
        found = await self._secrets_in(message, Body(content), is_message=True)
        if (hold := await self._decide_secrets(message, verdict, found)) is not None:
            return self._held(message, replace(hold, new_here=False), Body())
        return Forward(verdict, cleared=True)

    def _decide_click(self, request: Request, verdict: Verdict) -> Action | None:
        """What a click by GET means for what was held before it; None where it is read as any other request."""
        client, now = request.client, self._clock()
        if may_return(request):
            kept = self.forms.take(request.url, client, request.agent, now)
            if kept is not None:
                return Forward(verdict, cleared=True, replacement=kept)
        if self.is_free(request, verdict):  # by now: at its head it waited for a form
            return Forward(verdict, cleared=True)
        if (form := self.forms.notice(request.link.host, client, now)) is not None:
            return Hold(form.why, form.verdict, form.found, form.new_here, form.id, earlier=True)
        return None

    async def _decide_secrets(
        self, request: Request, verdict: Verdict, found: tuple[Secret, ...]
    ) -> Hold | None:
        if not found:
            return None
        hold = decide_secrets(request, verdict, found, await self.releases.known_for(request.links))
        if hold is None or await self.releases.is_released(request.links, request.client):
            return None
        return hold

    def _unseen_program(self, request: Request) -> Interstitial | None:
        """The question about a program that was refused where nobody saw it, on the next page that is shown."""
        if not request.is_shown:
            return None
        program = self._unseen.take(request.client, request.link.host, self._clock())
        if program is None or self._judge.has_gone_on(program.link, request.client):
            return None
        self._visits.note(program.link, program.verdict, request.client, is_click=True)
        return Interstitial(program.link, program.verdict, program.url)

    def _is_awaited(self, request: Request) -> bool:
        """The family allowed the host after a form to it was held: the browser may come back for that form."""
        return request.is_get_click and self.forms.is_ready(request.link.host, request.client, self._clock())

    async def _secrets_in(
        self, request: Request, body: Body, *, is_message: bool = False
    ) -> tuple[Secret, ...]:
        query: Sequence[Field] = () if is_message else read_query(request.path.partition("?")[2])
        if not query and not body.content:
            return ()
        masked = self._masked.get(request.shown.domain, frozenset())
        typed = is_message or has_typed_query(request)

        def read() -> tuple[Secret, ...]:
            sent = read_body(body.content, body.content_type, body.coding) if body.content else ()
            return find_secrets([*query, *sent], password_names=masked, typed=typed)

        return read() if len(body.content) <= _READ_AT_ONCE else await asyncio.to_thread(read)

    def _held(self, request: Request, hold: Hold, body: Body) -> Hold:
        """Keep what was stopped; the same Hold, under which it can be found."""
        logger.info("something to %s was held: %s", request.link.host, ", ".join(hold.found) or hold.reason)
        is_form = hold.reason is HoldReason.FORM
        content, size = body.copy() if is_form else (None, 0)
        form: HeldForm = self.forms.hold(
            link=request.link,
            url=request.url if is_form else _page_of(request),
            client=request.client,
            verdict=hold.verdict,
            found=hold.found,
            why=hold.reason,
            now=self._clock(),
            content=content,
            size=size,
            agent=request.agent,
            new_here=hold.new_here,
        )
        if request.kind is Kind.CLICK and not is_form:
            self.forms.notice(form.link.host, form.client, self._clock())  # this request itself tells of it
        return replace(hold, id=form.id)


def _page_of(request: Request) -> str:
    """The page on which a script ran, where it says so, else the front page of its host."""
    scheme = "https" if request.scheme in ("https", "wss") else "http"
    front = request.url.removesuffix(request.path).partition("://")[2]
    front = f"{scheme}://{front}/"
    return request.referer if request.referer.startswith(front) else front
