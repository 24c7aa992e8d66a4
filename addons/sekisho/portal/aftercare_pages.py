"""Aftercare: the portal's pages for whoever has already typed something, by what it was.

    /typed, /typed/<harm>                    for anybody
    /w/<id>/typed, /w/<id>/typed/<harm>      the same after a stopped click, which knows the real site

A ticket that is gone leads to the pages without one: nobody who needs help is turned away. The one POST
tells the family; it must come from our own page on the same device, with that page's token, and tells a
thing once in ten minutes however often the button is pressed.
"""

import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection
from threading import Lock

from flask import Flask, Response, abort, request
from itsdangerous import BadSignature, Signer

from sekisho.engine.tickets import Ticket, Tickets
from sekisho.link import Link
from sekisho.portal.respond import client, finding_of, from_our_own_page, language, show
from sekisho.rulebook.aftercare import Desk, Harm
from sekisho.rulebook.model import Rulebook

log = logging.getLogger(__name__)

TOLD_AGAIN_AFTER = 600.0
"""Seconds in which the family is told of the same thing once."""
_MOST_TOLD = 1_000
_NO_TICKET = "-"


def add_aftercare_pages(
    app: Flask,
    *,
    tickets: Tickets,
    rulebook: Callable[[], Rulebook],
    clock: Callable[[], float],
    regions: Collection[str],
    tell: Callable[[Link | None, str, str], None] | None = None,
) -> None:
    """Add them to the portal.

    `regions` are the household's countries, two letters each. `tell` tells the family of (the stopped link or
    None, a `Harm`, the device's address); it may block, and whatever it raises becomes a page that says that
    nobody could be told. None where there is no way to tell anybody: there is no button then.
    """
    signer = Signer(secrets.token_bytes(32), salt="aftercare")
    told = _Told()

    @app.get("/typed")
    def what_was_typed() -> Response:
        return show("aftercare.html", 200, finding=None, at="/typed", harms=[harm.value for harm in Harm])

    @app.get("/w/<ticket_id>/typed")
    def what_was_typed_there(ticket_id: str) -> Response:
        ticket = tickets.look(ticket_id, client(), clock())
        if ticket is None:
            return _without_ticket("/typed")
        finding = finding_of(ticket.link, ticket.verdict, rulebook())
        at = f"/w/{ticket.id}/typed"
        return show("aftercare.html", 200, finding=finding, at=at, harms=[harm.value for harm in Harm])

    @app.get("/typed/<harm>")
    def what_helps(harm: str) -> Response:
        return _help(_known(harm), None)

    @app.get("/w/<ticket_id>/typed/<harm>")
    def what_helps_there(ticket_id: str, harm: str) -> Response:
        ticket = tickets.look(ticket_id, client(), clock())
        return _help(_known(harm), ticket) if ticket else _without_ticket(f"/typed/{_known(harm).value}")

    @app.post("/typed/<harm>")
    def tell_family(harm: str) -> Response:
        return _tell(_known(harm), None)

    @app.post("/w/<ticket_id>/typed/<harm>")
    def tell_family_there(ticket_id: str, harm: str) -> Response:
        ticket = tickets.look(ticket_id, client(), clock())
        return _tell(_known(harm), ticket) if ticket else _without_ticket(f"/typed/{_known(harm).value}")

    def _help(harm: Harm, ticket: Ticket | None, outcome: str = "", status: int = 200) -> Response:
        return show(
            "aftercare_harm.html",
            status,
            harm=harm.value,
            finding=finding_of(ticket.link, ticket.verdict, rulebook()) if ticket else None,
            at=f"/w/{ticket.id}/typed" if ticket else "/typed",
            desks=[_shown(desk) for desk in rulebook().aftercare.desks(harm, regions, language())],
            token=signer.sign(_said(harm, ticket)).decode() if tell else "",
            outcome=outcome,
        )

    def _tell(harm: Harm, ticket: Ticket | None) -> Response:
        if tell is None:
            abort(405)
        if not from_our_own_page() or not _is_ours(request.form.get("token", ""), harm, ticket):
            return _help(harm, ticket, "not-ours", 403)
        what = _said(harm, ticket)
        if told.note(what, clock()):
            try:
                tell(ticket.link if ticket else None, harm.value, client())
            except Exception:  # the page must appear, whatever way of telling is broken
                log.exception("the family could not be told of what was typed")
                told.forget(what)
                return _help(harm, ticket, "failed", 503)
        return _help(harm, ticket, "told")

    def _is_ours(token: str, harm: Harm, ticket: Ticket | None) -> bool:
        try:
            return signer.unsign(token.encode("utf-8", "replace")).decode() == _said(harm, ticket)
        except BadSignature:
            return False


class _Told:
    """What the family was told of in the last minutes. Safe to use from threads."""

    def __init__(self) -> None:
        self._at: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def note(self, what: str, now: float) -> bool:
        """True where it is new, which it is then no longer."""
        with self._lock:
            if 0 <= now - self._at.get(what, -TOLD_AGAIN_AFTER) < TOLD_AGAIN_AFTER:
                return False
            self._at[what] = now
            while len(self._at) > _MOST_TOLD:
                self._at.popitem(last=False)
            return True

    def forget(self, what: str) -> None:
        """It was not told after all."""
        with self._lock:
            self._at.pop(what, None)


def _said(harm: Harm, ticket: Ticket | None) -> str:
    return f"{harm.value} {ticket.id if ticket else _NO_TICKET} {client()}"


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
