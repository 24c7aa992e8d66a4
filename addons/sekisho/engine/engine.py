"""Engine: from a connection, a request, a body or a page to an Action. The only place that knows this order.

A request is judged by what is known; the providers are asked where their answer could change the verdict; the
verdict on a click is in the store before the click is let through; then `policy` decides. State is in objects of
their own: visits, open connections, held forms, tickets. Where rules or store are missing, the Action is
Unavailable, never Forward.
"""

import logging
import time
from collections.abc import Callable, Mapping

from sekisho.engine.bodies import Bodies
from sekisho.engine.connections import Connections
from sekisho.engine.current import Current, UnavailableError
from sekisho.engine.family import Family
from sekisho.engine.held_forms import Forms
from sekisho.engine.icons import Icons
from sekisho.engine.judging import Judge
from sekisho.engine.page_icons import PageIcons
from sekisho.engine.pages import Pages
from sekisho.engine.releases import Releases
from sekisho.engine.reload import Reload
from sekisho.engine.tickets import Tickets
from sekisho.engine.unseen_programs import UnseenPrograms
from sekisho.engine.visits import Visits
from sekisho.link import Link, is_loopback
from sekisho.policy.action import Action, Forward, Interstitial, Refuse, Unavailable
from sekisho.policy.checks import wants_outside
from sekisho.policy.home_network import HomeNetwork
from sekisho.policy.navigation import Kind
from sekisho.policy.pages import bytes_to_read
from sekisho.policy.request import Connection, Request
from sekisho.policy.requests import Judged, decide_connection, decide_request
from sekisho.settings import Settings
from sekisho.store import StoreError
from sekisho.verdict import Verdict

logger = logging.getLogger(__name__)


class Engine:
    """Decides for one running proxy. Used from its event loop only."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.clock = clock

        def now() -> float:  # so that all parts follow where the clock is replaced
            return self.clock()

        self.current = Current(now)
        self.judge = Judge(self.current, now)
        self.home = HomeNetwork(
            settings.resolve, settings.allow_private, serves_lan=not is_loopback(settings.listen)
        )
        self.visits = Visits(self.current, self.judge.registered_at, now)
        self.connections = Connections()
        self.tickets = Tickets()
        self.family = Family(self.current, settings.go_on_minutes, now)
        self.reload = Reload(self.current, self.visits, settings)
        unseen, icons = UnseenPrograms(), PageIcons()
        self.forms = Forms()
        self.releases = Releases(self.current, settings.go_on_minutes * 60.0, now)
        self.bodies = Bodies(self.forms, self.releases, unseen, self.judge, self.visits, self.home, now)
        self.pages = Pages(self.current, self.judge, self.visits, unseen, icons, self.bodies.note_masked, now)
        self.icons = Icons(self.current, self.judge, self.visits, icons, self.home, now)

    async def decide(self, request: Request, length: int | None = None) -> Action:
        """What happens to a request, by its head. length: bytes of its body; None where it is not known.

        Forward does not yet allow sending: what is not `cleared` goes to `bodies.decide` when its body is there.
        """
        try:
            action = await self._decide(request)
        except UnavailableError as error:
            return Unavailable(request.link, str(error))
        except (StoreError, TimeoutError) as error:
            logger.error("%s is not let through, its verdict cannot be kept: %s", request.link.host, error)
            return Unavailable(request.link, str(error))
        if isinstance(action, Forward) and not action.cleared:
            return await self.bodies.decide_head(request, action.verdict, length)
        return action

    async def _decide(self, request: Request) -> Action:
        link, verdict = self._worst(request)
        asks = request.is_navigation and wants_outside(verdict)
        if asks and not any(map(self.home.contains, request.links)) and await self.judge.ask(request.links):
            link, verdict = self._worst(request)
        action = decide_request(Judged(request, link, verdict, self.home))
        if isinstance(action, Forward) and not verdict.familiar and request.is_navigation:
            await self.visits.keep(link, verdict)
            link, verdict = self._worst(request)  # a late answer may have come in between
            action = decide_request(Judged(request, link, verdict, self.home))
            if isinstance(action, Forward):
                self._note(request, link, verdict)
        if isinstance(action, Interstitial | Refuse) and action.verdict is not None:
            self._note(request, link, verdict)
        return action

    def decide_connection(self, connection: Connection) -> Action:
        """What happens to a TLS connection, by its names: Tunnel, Forward (it is read), or Refuse."""
        try:
            link, verdict = self.judge.worst(connection.links, connection.client, is_click=False)
        except UnavailableError as error:
            return Unavailable(connection.links[0], str(error))
        if verdict.familiar:
            self.visits.note_familiar(link, verdict)
        return decide_connection(connection, link, verdict, self.home)

    def bytes_to_read(
        self, request: Request, verdict: Verdict, status: int, headers: Mapping[str, str]
    ) -> int:
        """Bytes of a response that are read before the browser gets it; 0 where it is not read.

        verdict: of the request's Forward. headers: of the response, any case-insensitive mapping.
        """
        return 0 if self.bodies.is_free(request, verdict) else bytes_to_read(request, status, headers)

    def bad_connections(self) -> list[tuple[str, Link]]:
        """(client_id, link) of each open connection that would be refused now."""
        return self.connections.bad(
            lambda link, client: self.judge.verdict(link, client, is_click=False).level
        )

    def is_familiar(self, link: Link, client: str) -> bool:
        """Whether this host is familiar to this device, so that nothing of it is read. Raises UnavailableError."""
        return self.judge.verdict(link, client, is_click=True).familiar

    def _worst(self, request: Request) -> tuple[Link, Verdict]:
        is_click = request.kind is Kind.CLICK
        return self.judge.worst(request.links, request.client, is_click=is_click, path=request.path)

    def _note(self, request: Request, link: Link, verdict: Verdict) -> None:
        self.visits.note(link, verdict, request.client, is_click=request.kind is Kind.CLICK)
