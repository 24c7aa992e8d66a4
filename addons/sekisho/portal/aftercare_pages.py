"""Aftercare: the portal's pages for a person who has already typed something, by what it was.

    /typed, /typed/<harm>                    for anybody
    /w/<id>/typed, /w/<id>/typed/<harm>      the same after a stopped click, with the real site

A ticket that is gone leads to the pages without one, so that help is always shown. The one POST notifies the
family; it must come from our own page on the same device, with that page's token, and notifies of one thing
once in ten minutes however often the button is pressed.
"""

import logging
import secrets
from threading import Lock

from cachetools import LRUCache
from flask import Flask, Response, abort, request
from itsdangerous import BadSignature, Signer

from sekisho.engine.tickets import Ticket
from sekisho.portal.context import PortalContext
from sekisho.portal.finding import Finding
from sekisho.portal.respond import client, finding_of, from_our_own_page, language, show
from sekisho.rulebook.aftercare import Desk, Harm

log = logging.getLogger(__name__)

NOTIFIED_AGAIN_AFTER = 600.0
"""Seconds in which the family is notified of the same thing once."""
_MOST_NOTIFIED = 1_000
_NO_TICKET = "-"


def add_aftercare_pages(app: Flask, context: PortalContext) -> None:
    """Add them to the portal."""
    tickets, clock = context.tickets, context.clock
    signer = Signer(secrets.token_bytes(32), salt="aftercare")
    notified: LRUCache[str, float] = LRUCache(_MOST_NOTIFIED)
    lock = Lock()

    @app.get("/typed")
    @app.get("/w/<ticket_id>/typed")
    def what_was_typed(ticket_id: str = "") -> Response:
        ticket = tickets.find(ticket_id, client(), clock())
        if ticket_id and ticket is None:
            return _without_ticket("/typed")
        return show(
            "aftercare.html",
            200,
            finding=_finding(ticket),
            at=_at(ticket),
            harms=[harm.value for harm in Harm],
        )

    @app.route("/typed/<harm>", methods=["GET", "POST"])
    @app.route("/w/<ticket_id>/typed/<harm>", methods=["GET", "POST"])
    def what_helps(harm: str, ticket_id: str = "") -> Response:
        known = _known(harm)
        ticket = tickets.find(ticket_id, client(), clock())
        if ticket_id and ticket is None:
            return _without_ticket(f"/typed/{known.value}")
        return _tell(known, ticket) if request.method == "POST" else _help(known, ticket)

    def _help(harm: Harm, ticket: Ticket | None, outcome: str = "", status: int = 200) -> Response:
        return show(
            "aftercare_harm.html",
            status,
            harm=harm.value,
            finding=_finding(ticket),
            at=_at(ticket),
            desks=[
                _shown(desk) for desk in context.rulebook().aftercare.desks(harm, context.regions, language())
            ],
            token=signer.sign(_subject(harm, ticket)).decode() if context.tell else "",
            outcome=outcome,
        )

    def _tell(harm: Harm, ticket: Ticket | None) -> Response:
        if context.tell is None:
            abort(405)
        if not from_our_own_page() or not _is_ours(request.form.get("token", ""), harm, ticket):
            return _help(harm, ticket, "not-ours", 403)
        what = _subject(harm, ticket)
        if note(what, clock()):
            try:
                context.tell(ticket.link if ticket else None, harm.value, client())
            except Exception:  # the page must appear, whatever way of notifying is broken
                log.exception("the family could not be told of what was typed")
                with lock:
                    notified.pop(what, None)
                return _help(harm, ticket, "failed", 503)
        return _help(harm, ticket, "told")

    def note(what: str, now: float) -> bool:
        """Note that the family is notified of this; False where it was in the last minutes."""
        with lock:
            if 0 <= now - notified.get(what, -NOTIFIED_AGAIN_AFTER) < NOTIFIED_AGAIN_AFTER:
                return False
            notified[what] = now
            return True

    def _finding(ticket: Ticket | None) -> Finding | None:
        return finding_of(ticket.link, ticket.verdict, context.rulebook()) if ticket else None

    def _is_ours(token: str, harm: Harm, ticket: Ticket | None) -> bool:
        try:
            return signer.unsign(token.encode("utf-8", "replace")).decode() == _subject(harm, ticket)
        except BadSignature:
            return False


def _subject(harm: Harm, ticket: Ticket | None) -> str:
    return f"{harm.value} {ticket.id if ticket else _NO_TICKET} {client()}"


def _at(ticket: Ticket | None) -> str:
    return f"/w/{ticket.id}/typed" if ticket else "/typed"


def _known(harm: str) -> Harm:
    if harm not in list(Harm):
        abort(404)
    return Harm(harm)


def _without_ticket(path: str) -> Response:
    return Response("", 303, {"Location": path})


def _shown(desk: Desk) -> dict[str, str]:
    japanese = language() == "ja"
    return {
        "name": desk.name_ja if japanese else desk.name,
        "about": desk.about_ja if japanese else desk.about,
        "phone": desk.phone,
        "url": desk.url,
    }
