"""Tickets: what the portal remembers between a warning and "go on", in memory only.

The page on the blocked origin can hold no secret, because the hostile site can read its own origin. So
it links to ``sekisho.internal/w/<id>``; the id leads here, to the URL (query and all, never written
down), and the one-time form token stands only on the portal's page. A ticket answers one client, for
one hour, and opens once; one of level `block` never opens. Time and randomness are passed in.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from hmac import compare_digest
from threading import Lock

from sekisho.link import Link
from sekisho.verdict import Level, Verdict

LIFETIME = 3600.0
"""Seconds that a ticket is good for."""
MOST_TICKETS = 10_000
LONGEST_URL = 4096
"""Characters of a URL that a ticket keeps; a longer one is re-opened at its site's front page."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One stopped click, as the portal's pages need it."""

    id: str
    link: Link
    url: str
    """Where the click led, http or https."""
    client: str
    """Address of the device that clicked; no other may use the ticket."""
    level: Level
    verdict: Verdict
    was_post: bool
    """A form was being sent; it is not repeated."""
    issued: float
    """Seconds since 1970 UTC."""
    back: str = ""
    """The familiar page that the click came from, or empty."""
    used: bool = False
    """The form was sent and the site opened."""


class Tickets:
    """The tickets that are open now; the oldest goes when there are too many. Safe to use from threads."""

    def __init__(
        self,
        *,
        random_name: Callable[[], str] = lambda: secrets.token_urlsafe(24),
        most: int = MOST_TICKETS,
        lifetime: float = LIFETIME,
    ) -> None:
        self._random_name = random_name
        self._most = most
        self._lifetime = lifetime
        self._lock = Lock()
        self._open: OrderedDict[str, tuple[Ticket, str]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def issue(
        self,
        *,
        link: Link,
        url: str,
        client: str,
        level: Level,
        verdict: Verdict,
        was_post: bool,
        now: float,
        back: str = "",
    ) -> str:
        """Keep a stopped click; returns the id that goes into the warning page's link."""
        if len(url) > LONGEST_URL or not url.startswith(("http://", "https://")):
            url = _front_page(link)
        ticket = Ticket(self._random_name(), link, url, client, level, verdict, was_post, now, back)
        with self._lock:
            self._drop_old(now)
            while len(self._open) >= self._most:
                self._open.popitem(last=False)
            self._open[ticket.id] = (ticket, self._random_name())
        return ticket.id

    def look(self, ticket_id: str, client: str, now: float) -> Ticket | None:
        """The ticket, for the client that it was issued to and while it is fresh; else None."""
        with self._lock:
            kept = self._fresh(ticket_id, client, now)
        return kept[0] if kept else None

    def token(self, ticket: Ticket, now: float) -> str:
        """The secret that the ticket's form must bring back. Raises KeyError where the ticket is gone."""
        with self._lock:
            kept = self._fresh(ticket.id, ticket.client, now)
        if kept is None:
            raise KeyError("no such ticket any more")
        return kept[1]

    def redeem(self, ticket_id: str, token: str, client: str, now: float) -> Ticket | None:
        """Use the ticket up: it is returned once, to its own client with its own token, else None.

        After None, `look` tells why: no ticket (gone, or another device's), `used`, or a wrong token.
        """
        with self._lock:
            kept = self._fresh(ticket_id, client, now)
            if kept is None:
                return None
            ticket, secret = kept
            right = compare_digest(secret.encode(), token.encode("utf-8", "replace"))
            if not right or ticket.used or ticket.level >= Level.BLOCK:
                return None
            self._open[ticket_id] = (replace(ticket, used=True), secret)
            return ticket

    def _fresh(self, ticket_id: str, client: str, now: float) -> tuple[Ticket, str] | None:
        kept = self._open.get(ticket_id)
        if kept is None or kept[0].client != client or now - kept[0].issued >= self._lifetime:
            return None
        return kept

    def _drop_old(self, now: float) -> None:
        while self._open:
            oldest = next(iter(self._open.values()))[0]
            if now - oldest.issued < self._lifetime:
                return
            self._open.popitem(last=False)


def _front_page(link: Link) -> str:
    scheme = "https" if link.scheme in ("https", "wss") else "http"
    host = f"[{link.host}]" if ":" in link.host else link.host
    port = "" if link.port == {"http": 80, "https": 443}[scheme] else f":{link.port}"
    return f"{scheme}://{host}{port}/"
