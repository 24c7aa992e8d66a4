"""The portal's pages of asking the family: the question, and the page that waits for the answer.

    /w/<id>/ask    a stopped click: what the family will be told; the POST asks
    /f/<id>/ask    the same for a held form
    /ask/<id>      waits, and moves on by itself when the answer is there (a ``Refresh`` header; no script)

GET only shows, so a preview of a link asks nobody and answers nothing. The POST must come from our own page on
the device that was stopped, with that page's token. An ask belongs to its device: to every other one its page
is not there. Where a click led is kept in memory only, for as long as its ask is; after a restart the way on is the
site's front page, and the page says so.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from flask import Flask, Response, request

from sekisho.engine.held_forms import Forms, HeldForm, State
from sekisho.engine.tickets import Ticket, Tickets
from sekisho.link import Link, host_link
from sekisho.policy.asking import TooManyAsksError, open_until
from sekisho.portal.finding import local_time
from sekisho.portal.page import visible, visible_words
from sekisho.portal.respond import brings, client, finding_of, from_our_own_page, language, show
from sekisho.rulebook.model import Rulebook
from sekisho.store.ask_records import Ask
from sekisho.verdict import Evidence, Level, Reason, Verdict

LOOKS_EVERY = 2
"""Seconds between two looks of the waiting page."""
MOVES_AFTER = 1
"""Seconds for which the answer is shown before the page moves on."""
_MOST_WAYS = 1_000

AskFamily = Callable[[Link, str, Verdict, str | None], Ask]
"""(link, device, verdict, path or None) → the ask; raises TooManyAsksError, or whatever the store raises."""


@dataclass(frozen=True, slots=True)
class _Way:
    """Where somebody wanted to go."""

    url: str
    again: str
    """The page on which the family is asked again."""


def add_ask_pages(
    app: Flask,
    *,
    tickets: Tickets,
    forms: Forms,
    ask: AskFamily,
    find: Callable[[str], Ask | None],
    places: Callable[[], Sequence[str]],
    rulebook: Callable[[], Rulebook],
    clock: Callable[[], float],
) -> None:
    """Add them to the portal.

    `find` gives an ask by its id, its decision in force already; `places` names where the family is told, and is
    empty where nothing is set up. All may block.
    """
    ways = _Ways()

    @app.get("/w/<ticket_id>/ask")
    def ask_about_click(ticket_id: str) -> Response:
        now = clock()
        ticket = tickets.look(ticket_id, client(), now)
        if ticket is None:
            return _gone()
        return _question(ticket.link, ticket.verdict, tickets.token(ticket, now), _path_of(ticket))

    @app.post("/w/<ticket_id>/ask")
    def asked_about_click(ticket_id: str) -> Response:
        now = clock()
        ticket = tickets.look(ticket_id, client(), now)
        if ticket is None or not from_our_own_page() or not brings(tickets.token(ticket, now)):
            return _gone(403 if ticket else 404)
        path = _path_of(ticket) if request.form.get("path") else ""
        return _asked(ticket.link, ticket.verdict, path or None, _Way(ticket.url, f"/w/{ticket.id}/ask"))

    @app.get("/f/<form_id>/ask")
    def ask_about_form(form_id: str) -> Response:
        now = clock()
        form = forms.look(form_id, client(), now)
        if form is None:
            return _gone()
        return _question(form.link, _verdict_of(form), forms.token(form, now), "")

    @app.post("/f/<form_id>/ask")
    def asked_about_form(form_id: str) -> Response:
        now = clock()
        form = forms.look(form_id, client(), now)
        if form is None or not from_our_own_page() or not brings(forms.token(form, now)):
            return _gone(403 if form else 404)
        return _asked(form.link, _verdict_of(form), None, _Way(f"/f/{form.id}", f"/f/{form.id}/ask"))

    @app.get("/ask/<ask_id>")
    def wait_for_answer(ask_id: str) -> Response:
        now = clock()
        asked = find(ask_id)
        if asked is None or asked.client != client():
            return _gone()
        link = host_link(asked.host)
        way = ways.of(asked.id)
        state = _state_of(asked, now)
        known = _open_way(way.url, forms, now) if way else ""
        url = known or f"https://{link.host}/"
        until = open_until(asked)
        response = show(
            "asked.html",
            200,
            state=state,
            host=visible(link.unicode),
            asked_at=local_time(asked.at, language(), day=False),
            expires=local_time(asked.expires, language()),
            answer=asked.answer or "",
            until=local_time(until, language()) if until is not None else "",
            url=url,
            front=not known,
            again=way.again if way and _can_ask(way.again, now) else "",
            places=[visible_words(place) for place in places()],
            told=asked.told_at is not None,
        )
        if state == "open":
            response.headers["Refresh"] = str(LOOKS_EVERY)
        elif state == "allowed" and way and ways.move(asked.id) and url.isascii() and url.isprintable():
            response.headers["Refresh"] = f"{MOVES_AFTER}; url={url}"
        return response

    def _can_ask(page: str, now: float) -> bool:
        """What the page is about is still remembered."""
        _, kind, key, _ = page.split("/")
        return bool((tickets if kind == "w" else forms).look(key, client(), now))

    def _question(link: Link, verdict: Verdict, token: str, path: str) -> Response:
        return show(
            "ask.html",
            200,
            finding=finding_of(link, verdict, rulebook()),
            token=token,
            path=visible(path),
            places=[visible_words(place) for place in places()],
        )

    def _asked(link: Link, verdict: Verdict, path: str | None, way: _Way) -> Response:
        try:
            asked = ask(link, client(), verdict, path)
        except TooManyAsksError as error:
            return show("not_asked.html", 429, minutes=int(error.wait // 60) + 1)
        except Exception:  # whatever is broken, the person must hear that nobody was asked
            app.logger.exception("the family could not be asked about %s", link.host)
            return show("not_asked.html", 503, minutes=0)
        ways.keep(asked.id, way)
        return Response("", 303, {"Location": f"/ask/{asked.id}"})


class _Ways:
    """Where to go on after an answer. Safe to use from threads."""

    def __init__(self) -> None:
        self._ways: OrderedDict[str, _Way] = OrderedDict()
        self._moved: set[str] = set()
        self._lock = Lock()

    def keep(self, ask_id: str, way: _Way) -> None:
        with self._lock:
            self._ways[ask_id] = way
            while len(self._ways) > _MOST_WAYS:
                self._moved.discard(self._ways.popitem(last=False)[0])

    def of(self, ask_id: str) -> _Way | None:
        with self._lock:
            return self._ways.get(ask_id)

    def move(self, ask_id: str) -> bool:
        """True once: who comes back from the site by the browser's back must not be sent there again."""
        with self._lock:
            first = ask_id not in self._moved
            self._moved.add(ask_id)
        return first


def _state_of(asked: Ask, now: float) -> str:
    """``open``, ``expired``, and of an answer ``allowed``, ``blocked``, or ``over`` where its time has ended."""
    state = asked.state(now)
    if state != "answered":
        return state
    if asked.answer == "block":
        return "blocked"
    until = open_until(asked)
    return "allowed" if until is None or now < until else "over"


def _open_way(url: str, forms: Forms, now: float) -> str:
    """The address, or nothing where it is the page of a form that is held no more."""
    if not url.startswith("/f/"):
        return url
    form = forms.look(url.removeprefix("/f/"), client(), now)
    if form is None:
        return ""
    return url if form.state is State.ASKED else form.url


def _path_of(ticket: Ticket) -> str:
    """Of the address, without the query; empty where there is none to tell."""
    path = ticket.url.partition("://")[2].partition("/")[2].partition("?")[0].partition("#")[0]
    return f"/{path}" if path else ""


def _verdict_of(form: HeldForm) -> Verdict:
    """What the family is told of a held form: what was about to be sent, before what else speaks against the host."""
    detail = f"{', '.join(form.found) or 'more than could be looked through'} was about to be sent"
    sent = Evidence(Reason.FORM, Level.CAUTION, "form", detail, at=form.issued)
    return Verdict(max(form.verdict.level, Level.CAUTION), (sent, *form.verdict.evidence))


def _gone(status: int = 404) -> Response:
    return show("not_opened.html", status, why="gone" if status == 404 else "form")
