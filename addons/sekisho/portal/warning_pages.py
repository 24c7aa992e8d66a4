"""The portal's pages of one stopped click: the warning with the family's mark, and "which site did you want?".

    /w/<id>        the warning again, now where no site can read it: with the family's picture and phrase
    /w/<id>/on     the question before going on; GET only shows, the one POST of a ticket opens the site

Naming the real site, or being unsure, opens nothing and leaves the ticket as it was. Further pages of a
ticket (asking the family, aftercare) are modules of their own.
"""

from flask import Flask, Response, request

from sekisho.engine.tickets import Ticket
from sekisho.portal.context import PortalContext
from sekisho.portal.finding import local_time
from sekisho.portal.respond import client, finding_of, from_our_own_page, html_page, language, show
from sekisho.portal.warning import warning_html
from sekisho.visible import visible


def add_warning_pages(app: Flask, context: PortalContext) -> None:
    """Add them to the portal."""
    tickets, clock = context.tickets, context.clock

    @app.get("/w/<ticket_id>")
    def stopped_click(ticket_id: str) -> Response:
        ticket = tickets.find(ticket_id, client(), clock())
        if ticket is None:
            return _not_opened(ticket)
        finding = finding_of(ticket.link, ticket.verdict, context.rulebook())
        html = warning_html(
            finding, language(), f"/w/{ticket.id}", ticket.back, "/safe", ticket.was_post, context.mark()
        )
        return html_page(html, 403)

    @app.get("/w/<ticket_id>/on")
    def question_before_going_on(ticket_id: str) -> Response:
        now = clock()
        ticket = tickets.find(ticket_id, client(), now)
        if ticket is None or ticket.used:
            return _not_opened(ticket)
        return show(
            "go_on.html",
            200,
            finding=finding_of(ticket.link, ticket.verdict, context.rulebook()),
            token=tickets.token(ticket, now),
            was_post=ticket.was_post,
            minutes=round(context.go_on_seconds / 60),
            ticket=f"/w/{ticket.id}",
        )

    @app.post("/w/<ticket_id>/on")
    def answer_before_going_on(ticket_id: str) -> Response:
        now = clock()
        known = tickets.find(ticket_id, client(), now)
        if known is None or not from_our_own_page():
            return _not_opened(known, status=403)
        choice = request.form.get("answer")
        if choice != "this":
            finding = finding_of(known.link, known.verdict, context.rulebook())
            return show("safe.html", 200, finding=finding, ticket=f"/w/{known.id}", choice=choice)
        ticket = tickets.redeem(ticket_id, request.form.get("token", ""), client(), now)
        if ticket is None:
            return _not_opened(tickets.find(ticket_id, client(), now), status=403)
        context.go_on(ticket)
        return show(
            "opened.html",
            200,
            host=visible(ticket.link.unicode),
            url=ticket.url,
            until=local_time(now + context.go_on_seconds, language(), day=False),
            was_post=ticket.was_post,
        )


def _not_opened(ticket: Ticket | None, status: int = 404) -> Response:
    """Why a ticket opens nothing: gone or another device's, used before, blocked, or a form not ours."""
    if ticket is None:
        return show("not_opened.html", 404, why="gone")
    if ticket.used:
        return show("not_opened.html", 410, why="used")
    return show("not_opened.html", status, why="form")
