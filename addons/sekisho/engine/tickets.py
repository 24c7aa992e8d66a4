"""Tickets: stopped clicks that wait for "go on" on the portal, in memory only.

The id in ``sekisho.internal/w/<id>`` identifies the URL (query and all, never written down). A ticket answers one
client, for one hour, and opens once; one of level `block` never opens. How ids and form tokens work: `pending`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sekisho.engine.pending import Pending
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


class Tickets(Pending[Ticket]):
    """The tickets that are open now; the oldest is removed when there are too many. Safe to use from threads."""

    def __init__(
        self,
        *,
        random_name: Callable[[], str] | None = None,
        most: int = MOST_TICKETS,
        lifetime: float = LIFETIME,
    ) -> None:
        super().__init__(random_name=random_name, lifetime=lifetime, most=most)

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
            self._keep(ticket)
        return ticket.id

    def redeem(self, ticket_id: str, token: str, client: str, now: float) -> Ticket | None:
        """Use the ticket up: it is returned once, to its own client with its own token, else None.

        After None, `look` tells why: no ticket (gone, or another device's), `used`, or a wrong token.
        """
        with self._lock:
            ticket = self._answerable(ticket_id, token, client, now)
            if ticket is None or ticket.used or ticket.level >= Level.BLOCK:
                return None
            self._change(replace(ticket, used=True))
            return ticket


def _front_page(link: Link) -> str:
    scheme = "https" if link.scheme in ("https", "wss") else "http"
    host = f"[{link.host}]" if ":" in link.host else link.host
    port = "" if link.port == {"http": 80, "https": 443}[scheme] else f":{link.port}"
    return f"{scheme}://{host}{port}/"
