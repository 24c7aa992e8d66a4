"""Action: what must happen to a connection, a request, a body or a page. Pure values.

The engine answers with one of these, and `proxy` carries it out. A flow without an Action is refused.
"""

from dataclasses import dataclass
from enum import StrEnum

from sekisho.link import Link
from sekisho.verdict import Secret, Verdict


class RefuseReason(StrEnum):
    """Why something is refused without a question to the person."""

    HOME_NETWORK = "home-network"
    """The host is of this computer or of the home network, and nobody typed its address here."""
    PREFETCH = "prefetch"
    """A guess of the browser: once served, the later click would send no request at all."""
    WARNED = "warned"
    """A part of a page, a frame or a connection that goes to a host of level warn or block."""
    SERVICE_WORKER = "service-worker"
    """A worker of an unfamiliar host could later answer in place of our warning, unseen."""
    NOT_WEB = "not-web"
    """A protocol in which the server speaks first, or that cannot pass a proxy that connects late."""


class HoldReason(StrEnum):
    """What was stopped before it left."""

    FORM = "form"
    """A form that the person sent; it is held, and can be sent."""
    SCRIPT = "script"
    """Something that a script of the page sent; the person must do it again."""
    TOO_LONG = "too-long"
    """More than can be looked through; the person must do it again."""


@dataclass(frozen=True, slots=True)
class Tunnel:
    """Relay the bytes of this connection; nothing in it is ours to read."""

    link: Link
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Forward:
    """Let it pass: a connection to be read, a request, a body, or a page."""

    verdict: Verdict
    cleared: bool = False
    """Of a request: nothing more of it has to be looked at, it may be streamed."""
    replacement: object = None
    """Of a body: what is sent in place of the request, as it was given to be held; None for the request itself."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep a request here, and ask the person before it leaves."""

    reason: HoldReason
    verdict: Verdict
    found: tuple[Secret, ...] = ()
    """What is in it, the worst first."""
    new_here: bool = False
    """The household has known the host for less than a day."""
    id: str = ""
    """Under which the engine keeps what is held; set by the engine."""
    earlier: bool = False
    """It was stopped earlier, where nobody saw it; this page reports it."""


@dataclass(frozen=True, slots=True)
class Interstitial:
    """A warning page in place of the site's; where nobody would see it, a plain refusal."""

    link: Link
    verdict: Verdict
    url: str = ""
    """What the person is asked about; empty for the address of the request itself."""
    sent: bool = False
    """The request went up already; it is the answer that is not shown."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse in one line."""

    reason: RefuseReason
    link: Link
    verdict: Verdict | None = None
    """Where a verdict is the reason."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nothing can be judged now; `reason` says what is missing, for the log."""

    link: Link
    reason: str


Action = Tunnel | Forward | Hold | Interstitial | Refuse | Unavailable
