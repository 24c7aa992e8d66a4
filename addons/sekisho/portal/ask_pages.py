"""The portal's pages of asking the family: the question, and the page that waits for the answer.

    /w/<id>/ask    a stopped click: what the family will read; the POST asks
    /f/<id>/ask    the same for a held form
    /ask/<id>      waits, and moves on by itself when the answer is there (a ``Refresh`` header; no script)

GET changes nothing, so a preview of a link asks nobody and answers nothing. The POST must come from our own page on
the device that was stopped, with that page's token. An ask belongs to its device: every other one gets
"not found". The address of a click is kept in memory only, as long as its ask; after a restart the page leads to the
site's front page, and says so.
"""

from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache
from flask import Flask, Response, request

from sekisho.engine.held_forms import Forms, HeldForm, State
from sekisho.engine.tickets import Ticket
from sekisho.link import Link, host_link
from sekisho.policy.asking import TooManyAsksError, open_until
from sekisho.portal.context import PortalContext
from sekisho.portal.finding import local_time
from sekisho.portal.respond import brings, client, finding_of, from_our_own_page, language, show
from sekisho.records.asks import Ask
from sekisho.verdict import Evidence, Level, Reason, Verdict
from sekisho.visible import visible, visible_words

REFRESHES_EVERY = 2
"""Seconds between two refreshes of the waiting page."""
MOVES_AFTER = 1
"""Seconds for which the answer is shown before the page moves on."""
_MOST_WAYS = 1_000


@dataclass(slots=True)
class _Way:
    """Where somebody wanted to go."""

    url: str
    kind: str
    key: str
    """Of the page on which the family is asked again."""
    moved: bool = False
    """The browser was sent on: who comes back by its back button must not be sent there again."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What a page asks the family about."""

    link: Link
    verdict: Verdict
    path: str
    """Of the address; empty where there is none to send."""
    token: str
    url: str
    """Where to go on after the answer."""


def add_ask_pages(app: Flask, context: PortalContext) -> None:
    """Add them to the portal."""
    tickets, forms, clock = context.tickets, context.forms, context.clock
    ways: LRUCache[str, _Way] = LRUCache(_MOST_WAYS)
    lock = Lock()

    @app.get("/<any(w, f):kind>/<key>/ask")
    def question(kind: str, key: str) -> Response:
        about = _about(kind, key)
        if about is None:
            return _gone()
        return show(
            "ask.html",
            200,
            finding=finding_of(about.link, about.verdict, context.rulebook()),
            token=about.token,
            path=visible(about.path),
            places=_places(),
        )

    @app.post("/<any(w, f):kind>/<key>/ask")
    def asked(kind: str, key: str) -> Response:
        about = _about(kind, key)
        if about is None or not from_our_own_page() or not brings(about.token):
            return _gone(403 if about else 404)
        path = about.path if request.form.get("path") else ""
        try:
            made = context.ask(about.link, client(), about.verdict, path or None)
        except TooManyAsksError as error:
            return show("not_asked.html", 429, minutes=int(error.wait // 60) + 1)
        except Exception:  # whatever is broken, the person must hear that nobody was asked
            app.logger.exception("the family could not be asked about %s", about.link.host)
            return show("not_asked.html", 503, minutes=0)
        with lock:
            ways[made.id] = _Way(about.url, kind, key)
        return Response("", 303, {"Location": f"/ask/{made.id}"})

    @app.get("/ask/<ask_id>")
    def wait_for_answer(ask_id: str) -> Response:
        now = clock()
        ask = context.find(ask_id)
        if ask is None or ask.client != client():
            return _gone()
        link = host_link(ask.host)
        with lock:
            way = ways.get(ask.id)
        state = _state_of(ask, now)
        known = _open_way(way.url, forms, now) if way else ""
        url = known or f"https://{link.host}/"
        until = open_until(ask)
        response = show(
            "asked.html",
            200,
            state=state,
            host=visible(link.unicode),
            asked_at=local_time(ask.at, language(), day=False),
            expires=local_time(ask.expires, language()),
            answer=ask.answer or "",
            until=local_time(until, language()) if until is not None else "",
            url=url,
            front=not known,
            again=f"/{way.kind}/{way.key}/ask" if way and _about(way.kind, way.key) else "",
            places=_places(),
            notified=ask.told_at is not None,
        )
        if state == "open":
            response.headers["Refresh"] = str(REFRESHES_EVERY)
        elif state == "allowed" and way and _first_move(way) and url.isascii() and url.isprintable():
            response.headers["Refresh"] = f"{MOVES_AFTER}; url={url}"
        return response

    def _about(kind: str, key: str) -> _Question | None:
        """The stopped click (``w``) or held form (``f``) of this device; None where it is gone."""
        now = clock()
        if kind == "w":
            if ticket := tickets.find(key, client(), now):
                path, token = _path_of(ticket), tickets.token(ticket, now)
                return _Question(ticket.link, ticket.verdict, path, token, ticket.url)
        elif form := forms.find(key, client(), now):
            return _Question(form.link, _verdict_of(form), "", forms.token(form, now), f"/f/{form.id}")
        return None

    def _places() -> list[str]:
        return [visible_words(place) for place in context.places()]

    def _first_move(way: _Way) -> bool:
        """True once."""
        with lock:
            first, way.moved = not way.moved, True
        return first


def _state_of(ask: Ask, now: float) -> str:
    """``open``, ``expired``, and of an answer ``allowed``, ``blocked``, or ``over`` where its time has ended."""
    state = ask.state(now)
    if state != "answered":
        return state
    if ask.answer == "block":
        return "blocked"
    until = open_until(ask)
    return "allowed" if until is None or now < until else "over"


def _open_way(url: str, forms: Forms, now: float) -> str:
    """The address, or nothing where it is the page of a form that is held no more."""
    if not url.startswith("/f/"):
        return url
    form = forms.find(url.removeprefix("/f/"), client(), now)
    if form is None:
        return ""
    return url if form.state is State.ASKED else form.url


def _path_of(ticket: Ticket) -> str:
    """Of the address, without the query; empty where there is none to send."""
    path = ticket.url.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0]
    return f"/{path}" if path else ""


def _verdict_of(form: HeldForm) -> Verdict:
    """What the family reads of a held form: what was about to be sent, before what else speaks against the host."""
    detail = f"{', '.join(form.found) or 'more than could be looked through'} was about to be sent"
    sent = Evidence(Reason.FORM, Level.CAUTION, "form", detail, at=form.issued)
    return Verdict(max(form.verdict.level, Level.CAUTION), (sent, *form.verdict.evidence))


def _gone(status: int = 404) -> Response:
    return show("not_opened.html", status, why="gone" if status == 404 else "form")
