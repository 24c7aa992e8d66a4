"""Desk pages: what the family does at its desk — asks, decisions, people and devices, picture and phrase,
notifications. Each behind the guard of `desk_login`, with links and forms only; every change is a POST.

Blocking (the store, files, a test message), as all of the portal: it runs in a thread.
"""

import asyncio
import base64
import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Lock

from flask import Blueprint, Response, request

from sekisho.engine.deciding import Kind, RefusedError, decide
from sekisho.link import host_link
from sekisho.notify.keys import Keys, KeysError, keys_of
from sekisho.notify.targets import NTFY_NAME, REPLIES_NAME, targets_of
from sekisho.notify.trial import try_all
from sekisho.policy.household import Household
from sekisho.portal.desk_login import done, show_desk
from sekisho.portal.desk_rows import ask_rows, decision_rows, device_rows, line_rows, person_rows, place_rows
from sekisho.portal.finding import Finding
from sekisho.portal.look import (
    PHRASE_LENGTH,
    FamilyLook,
    UnfitLookError,
    fitted_picture,
    read_look,
    write_look,
)
from sekisho.portal.page import visible_words
from sekisho.portal.respond import client, finding_of, language
from sekisho.rulebook.own_lists import ListFileError, own_entries, remove_entries
from sekisho.settings import Settings
from sekisho.store import Store, StoreError, UnfitNameError
from sekisho.store.ask_records import ANSWERS, Answer, Outcome, names_of
from sekisho.verdict import Verdict

logger = logging.getLogger(__name__)

DURATIONS = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "1w": timedelta(weeks=1), "always": None}
_KINDS: dict[str, Kind] = {"allow": "allow", "block": "block"}
_ASKS, _LINES = 30, 200
"""How many asks, and lines of each list, a page shows."""
_SEEN_SECONDS = 30 * 86_400.0
_BETWEEN_TRIALS = 20.0
"""Seconds between two test messages: each rings phones."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the pages need of the household."""

    settings: Settings
    clock: Callable[[], float]
    store: Callable[[], Store]
    """Raises StoreError where there is none."""
    household: Callable[[], Household]
    """Rules and decisions of now; raises StoreError."""
    answer_ask: Callable[[str, Answer, str], Outcome]
    """(ask, answer, by): an accepted answer counts for the next request. Raises StoreError."""
    decided: Callable[[], None]
    """Judge by the decisions of now. Raises StoreError."""
    try_all: Callable[[Settings, Keys | None], Sequence[tuple[str, str, str]]] = lambda settings, keys: (
        asyncio.run(try_all(settings, keys))
    )

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.settings.state

    def by(self) -> str:
        """Who answers: the desk, and what the device is called."""
        device = self.store().devices.find(client())
        return f"desk, {device.told if device else client()}"


def add_desk_pages(desk: Blueprint, room: Room) -> None:
    """Add them to the desk."""
    _add_asks(desk, room)
    _add_decisions(desk, room)
    _add_people(desk, room)
    _add_look(desk, room)
    _add_notify(desk, room)

    @desk.errorhandler(StoreError)
    @desk.errorhandler(ListFileError)
    def not_kept(error: Exception) -> Response:
        logger.error("the desk could not do it: %s", error)
        return show_desk("desk_refused.html", 503, why="store", detail=str(error))


def _add_asks(desk: Blueprint, room: Room) -> None:
    def page(status: int = 200, problem: str = "") -> Response:
        store = room.store()
        rules = room.household().rulebook

        def finding(host: str, verdict: Verdict) -> Finding:
            return finding_of(host_link(host), verdict, rules)

        now = room.clock()
        recent = store.asks.newest(_ASKS)
        found = [*store.asks.open_asks(now)[::-1], *(ask for ask in recent if ask.state(now) != "open")]
        waiting, over = ask_rows(found, names_of(store.devices.all()), now, language(), finding)
        return show_desk(
            "desk_asks.html", status, waiting=waiting, over=over, answers=ANSWERS, problem=problem
        )

    @desk.get("/asks")
    def asks() -> Response:
        return page()

    @desk.post("/asks/<ask_id>")
    def answer(ask_id: str) -> Response:
        given = next((one for one in ANSWERS if one == request.form.get("answer")), None)
        if given is None:
            return page(400, "choice")
        outcome = room.answer_ask(ask_id, given, room.by())
        if outcome.kind == "accepted":
            return done("asks", "answered")
        return page(409, {"expired": "expired", "unknown": "gone"}.get(outcome.kind, "answered"))


def _add_decisions(desk: Blueprint, room: Room) -> None:
    def page(
        status: int = 200, problem: str = "", why: str = "", against: str = "", host: str = ""
    ) -> Response:
        store = room.store()
        names = names_of(store.devices.all())
        rows = decision_rows(store.decisions.in_force(room.clock()), names, language())
        lines, more = [], 0
        for kind in _KINDS:
            entries = own_entries(room.state / f"{kind}list.txt", _LINES + 1)
            more += len(entries) > _LINES
            lines += line_rows(kind, entries[:_LINES], room.clock(), language())
        return show_desk(
            "desk_decisions.html", status, rows=rows, lines=lines, more=more, durations=tuple(DURATIONS),
            problem=problem, why=why, against=visible_words(against[:400]), host=visible_words(host[:300]),
        )  # fmt: skip

    @desk.get("/decisions")
    def decisions() -> Response:
        return page()

    @desk.post("/decisions")
    def add_decision() -> Response:
        form = request.form
        kind, duration, host = _KINDS.get(form.get("kind", "")), form.get("for", ""), form.get("host", "")
        if kind is None or duration not in DURATIONS:
            return page(400, "choice", host=host)
        store = room.store()
        try:
            told = decide(
                room.household(), kind, host.strip(), DURATIONS[duration], room.clock(), by=room.by(),
                state=room.state, store_for=lambda _: nullcontext(store),
            )  # fmt: skip
        except RefusedError as error:
            return page(409, "refused", error.why, error.against, host)
        logger.info("%s: %s", room.by(), "; ".join(told))
        room.decided()
        return done("decisions", "decided")

    @desk.post("/decisions/end")
    def end_decision() -> Response:
        key, by = _number(request.form.get("decision", "")), room.by()
        ended = None if key is None else room.store().decisions.end(key, by=by, at=room.clock())
        if ended is None:
            return page(409, "ended")
        logger.info("%s ended: %s", by, ended.told)
        room.decided()
        return done("decisions", "ended")

    @desk.post("/decisions/line")
    def remove_line() -> Response:
        kind, key, by = _KINDS.get(request.form.get("kind", "")), request.form.get("line", ""), room.by()
        name = host_link(key.removeprefix("=")[:300]).host
        removed = (
            remove_entries(room.state / f"{kind}list.txt", name, exact=key.startswith("="))
            if kind and name
            else []
        )
        if not removed:
            return page(409, "ended")
        logger.info("%s took %s out of %slist.txt", by, name, kind)
        return done("decisions", "ended")


def _number(text: str) -> int | None:
    """The key of a row; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _add_people(desk: Blueprint, room: Room) -> None:
    def page(status: int = 200, problem: str = "", why: str = "", against: str = "") -> Response:
        store, now = room.store(), room.clock()
        return show_desk(
            "desk_people.html",
            status,
            people=person_rows(store.devices.people()),
            devices=device_rows(
                store.visits.devices(now - _SEEN_SECONDS), store.devices.all(), client(), language()
            ),
            problem=problem,
            why=why,
            against=visible_words(against),
        )

    @desk.get("/people")
    def people() -> Response:
        return page()

    @desk.post("/people")
    def change_people() -> Response:
        if (gone := request.form.get("remove")) is not None:
            person = _number(gone)
            if person is None or not room.store().devices.remove_person(person):
                return page(409, "gone")
            return done("people", "saved")
        try:
            room.store().devices.add_person(request.form.get("name", ""), room.clock())
        except UnfitNameError as error:
            return page(409, "name", error.why, error.name)
        return done("people", "saved")

    @desk.post("/devices")
    def change_device() -> Response:
        form, store = request.form, room.store()
        try:
            address = str(ip_address(form.get("client", "")))
        except ValueError:
            return page(409, "gone")
        if form.get("forget"):
            store.devices.forget(address)
            return done("people", "saved")
        try:
            store.devices.name(address, form.get("name", ""), _number(form.get("person", "")), room.clock())
        except UnfitNameError as error:
            return page(409, "name", error.why, error.name)
        return done("people", "saved")


def _add_look(desk: Blueprint, room: Room) -> None:
    def page(status: int = 200, problem: str = "", why: str = "") -> Response:
        look = read_look(room.state)
        return show_desk(
            "desk_look.html",
            status,
            phrase=look.phrase,
            picture=base64.b64encode(look.picture).decode(),
            longest=PHRASE_LENGTH,
            problem=problem,
            why=why,
        )

    @desk.get("/look")
    def look() -> Response:
        return page()

    @desk.post("/look")
    def change_look() -> Response:
        old, upload = read_look(room.state), request.files.get("picture")
        try:
            if request.form.get("remove"):
                picture = b""
            elif upload and upload.filename:
                picture = fitted_picture(upload.read())
            else:
                picture = old.picture
            write_look(room.state, FamilyLook(request.form.get("phrase", ""), picture))
        except UnfitLookError as error:
            return page(409, "look", error.why)
        return done("look", "saved")


def _add_notify(desk: Blueprint, room: Room) -> None:
    one_at_a_time = Lock()
    last = [float("-inf")]

    def page(status: int = 200, problem: str = "", outcomes: Sequence[tuple[str, str, str]] = ()) -> Response:
        settings, detail = room.settings, ""
        names = [target.name for target in targets_of(settings.notify.urls)]
        try:
            if keys_of(settings):
                names += [NTFY_NAME, REPLIES_NAME]
        except KeysError as error:
            problem, detail = "keys", str(error)
        return show_desk(
            "desk_notify.html",
            status,
            places=place_rows(names, room.store().sources.states(), language()),
            outcomes=outcomes,
            problem=problem,
            detail=detail,
        )

    @desk.get("/notify")
    def notify() -> Response:
        return page()

    @desk.post("/notify")
    def send_test() -> Response:
        if not one_at_a_time.acquire(blocking=False):
            return page(429, "soon")
        try:
            now = room.clock()
            if 0 <= now - last[0] < _BETWEEN_TRIALS:
                return page(429, "soon")
            last[0] = now
            try:
                keys = keys_of(room.settings)
            except KeysError:
                return page(409)
            if not keys and not room.settings.notify.urls:
                return page(409, "nobody")
            logger.info("%s sends a test message", room.by())
            return page(200, outcomes=room.try_all(room.settings, keys))
        finally:
            one_at_a_time.release()
