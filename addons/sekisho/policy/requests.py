"""Requests: from a verdict on the host to what happens to a request, in one visible list. Pure.

`REQUEST_RULES` is complete and ordered; the first rule that returns an Action decides, and a request that no rule
stops is forwarded. `decide_connection` does the same for a TLS connection, of which only the names are known, and
`decide_port` for a CONNECT.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sekisho.link import Link
from sekisho.policy.action import Action, Forward, Interstitial, Refuse, RefuseReason, Tunnel
from sekisho.policy.home_network import HomeNetwork
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Connection, Request
from sekisho.verdict import Level, Reason, Verdict

SERVER_SPEAKS_FIRST = frozenset({21, 22, 23, 25, 53, 110, 119, 143, 587, 3306, 5432, 5900, 6667})
"""Ports (IANA) of protocols in which the server greets, or that a connection to a proxy cannot carry."""


class Judged(NamedTuple):
    """A request with the worst verdict on its names."""

    request: Request
    link: Link
    """The name that the verdict is about."""
    verdict: Verdict
    home: HomeNetwork


def home_network(judged: Judged) -> Action | None:
    """The home network is opened to what a person of this computer typed, and to nothing else."""
    request, home = judged.request, judged.home
    for link in request.links:
        if home.contains(link) and not home.permits(link, client=request.client, typed=request.is_typed):
            return Refuse(RefuseReason.HOME_NETWORK, link)
    return None


def familiar(judged: Judged) -> Action | None:
    """Nothing of a familiar site is read."""
    return Forward(judged.verdict, cleared=True) if judged.verdict.familiar else None


def prefetch(judged: Judged) -> Action | None:
    """A prefetch of the browser is refused; it sends the request again when the person clicks."""
    ahead = judged.request.kind is Kind.AHEAD
    return Refuse(RefuseReason.PREFETCH, judged.link) if ahead else None


def warned(judged: Judged) -> Action | None:
    """A bad host gets the warning page; what is no page of its own, or in a frame, a refusal."""
    request, link, verdict = judged.request, judged.link, judged.verdict
    if verdict.level < Level.WARN:
        return None
    return interstitial(request, link, verdict)


def service_worker(judged: Judged) -> Action | None:
    """No worker of an unfamiliar host is installed."""
    return Refuse(RefuseReason.SERVICE_WORKER, judged.link) if judged.request.wants_worker else None


RequestRule = Callable[[Judged], Action | None]

REQUEST_RULES: tuple[RequestRule, ...] = (home_network, familiar, prefetch, warned, service_worker)
"""Every rule, in the order in which they are asked."""


def decide_request(judged: Judged) -> Action:
    """What happens to a request whose names were judged."""
    for rule in REQUEST_RULES:
        if (action := rule(judged)) is not None:
            return action
    return Forward(judged.verdict)


def decide_port(link: Link) -> Refuse | None:
    """What happens to a CONNECT before its client has begun to speak: refused where it could only hang."""
    return Refuse(RefuseReason.NOT_WEB, link) if link.port in SERVER_SPEAKS_FIRST else None


def decide_connection(
    connection: Connection, link: Link, verdict: Verdict, home: HomeNetwork
) -> Forward | Refuse | Tunnel:
    """What happens to a TLS connection: Tunnel, Forward (it is read, request by request), or Refuse."""
    if verdict.familiar:
        return Tunnel(link, verdict)
    if connection.is_web:
        return Forward(verdict)
    if verdict.level >= Level.WARN:
        return Refuse(RefuseReason.WARNED, link, verdict)
    if any(map(home.contains, connection.links)):
        return Refuse(RefuseReason.HOME_NETWORK, link)
    return Tunnel(link, verdict)


def interstitial(
    request: Request, link: Link, verdict: Verdict, *, url: str = "", sent: bool = False
) -> Interstitial | Refuse:
    """The warning page where the person would see it, else a refusal."""
    if request.kind is Kind.CLICK:
        return Interstitial(link, verdict, url, sent)
    return Refuse(RefuseReason.WARNED, link, verdict)


def leaves_alone(verdict: Verdict, links: Sequence[Link], home: HomeNetwork) -> bool:
    """Neither a form nor a page of these names is ours to read: familiar, allowed by the family, or at home."""
    decisive = verdict.decisive
    allowed = decisive is not None and decisive.reason is Reason.FAMILY_ALLOW
    return verdict.familiar or allowed or all(map(home.contains, links))


def worst_of(judge: Callable[[Link], Verdict], links: Sequence[Link]) -> tuple[Link, Verdict]:
    """The link with the most severe verdict, and that verdict: familiar only where all are."""
    judged = [(link, judge(link)) for link in links]
    link, verdict = max(judged, key=lambda pair: pair[1].level)
    if verdict.familiar and not all(other.familiar for _, other in judged):
        link, verdict = next(pair for pair in judged if not pair[1].familiar)
    return link, verdict
