"""Desk pages: what the family does at its desk — asks, decisions, people and devices, picture and phrase,
notifications. Each behind the guard of `desk_login`, with links and forms only; every change is a POST.

Blocking (the store, files, a test message), as all of the portal: it runs in a thread.
"""

import base64
import logging
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from ipaddress import ip_address
from threading import Lock

from flask import Blueprint, Response, request

from sekisho.engine.deciding import Kind, RefusedError, decide
from sekisho.link import host_link
from sekisho.notify.keys import KeysError, keys_of
from sekisho.notify.targets import NTFY_NAME, REPLIES_NAME, targets_of
from sekisho.portal.context import DeskContext
from sekisho.portal.desk_login import done, show_desk
from sekisho.portal.desk_rows import ask_rows, decision_rows, device_rows, line_rows, place_rows
from sekisho.portal.family_mark import (
    PHRASE_LENGTH,
    FamilyMark,
    UnfitMarkError,
    fitted_picture,
    read_mark,
    write_mark,
)
from sekisho.portal.finding import Finding
from sekisho.portal.respond import client, finding_of
from sekisho.records.asks import ANSWERS, names_of
from sekisho.rulebook.own_lists import ListFileError, own_entries, remove_entries
from sekisho.store import StoreError, UnfitNameError
from sekisho.verdict import Verdict
from sekisho.visible import visible_words

logger = logging.getLogger(__name__)

DURATIONS = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "1w": timedelta(weeks=1), "always": None}
_KINDS: dict[str, Kind] = {"allow": "allow", "block": "block"}
_ASKS, _LINES = 30, 200
"""How many asks, and lines of each list, a page shows."""
_SEEN_SECONDS = 30 * 86_400.0
_BETWEEN_TRIALS = 20.0
"""Seconds between two test messages: each rings phones."""


def add_desk_pages(desk: Blueprint, context: DeskContext) -> None:
    """Add them to the desk."""
    for add_pages in (_add_asks, _add_decisions, _add_people, _add_look, _add_notify):
        add_pages(desk, context)

    @desk.errorhandler(StoreError)
    @desk.errorhandler(ListFileError)
    def not_kept(error: Exception) -> Response:
        logger.error("the desk could not do it: %s", error)
        return show_desk("desk_refused.html", 503, why="store", detail=str(error))


def _by(context: DeskContext) -> str:
    """Who answers: the desk, and what the device is called."""
    device = context.store().devices.find(client())
    return f"desk, {device.label if device else client()}"


def _add_asks(desk: Blueprint, context: DeskContext) -> None:
    @desk.get("/asks", endpoint="asks")
    def page(status: int = 200, problem: str = "") -> Response:
        store = context.store()
        rules = context.household().rulebook

        def finding(host: str, verdict: Verdict) -> Finding:
            return finding_of(host_link(host), verdict, rules)

        now = context.clock()
        recent = store.asks.newest(_ASKS)
        found = [*store.asks.open_asks(now)[::-1], *(ask for ask in recent if ask.state(now) != "open")]
        waiting, over = ask_rows(found, now, finding)
        names = names_of(store.devices.all())
        return show_desk("desk_asks.html", status, waiting=waiting, over=over, names=names, problem=problem)

    @desk.post("/asks/<ask_id>")
    def answer(ask_id: str) -> Response:
        given = next((one for one in ANSWERS if one == request.form.get("answer")), None)
        if given is None:
            return page(400, "choice")
        outcome = context.answer_ask(ask_id, given, _by(context))
        if outcome.kind == "accepted":
            return done("asks", "answered")
        return page(409, {"expired": "expired", "unknown": "gone"}.get(outcome.kind, "answered"))


def _add_decisions(desk: Blueprint, context: DeskContext) -> None:
    @desk.get("/decisions", endpoint="decisions")
    def page(
        status: int = 200, problem: str = "", why: str = "", against: str = "", host: str = ""
    ) -> Response:
        store = context.store()
        rows = decision_rows(store.decisions.in_force(context.clock()))
        lines, more = [], 0
        for kind in _KINDS:
            entries = own_entries(context.state / f"{kind}list.txt", _LINES + 1)
            more += len(entries) > _LINES
            lines += line_rows(kind, entries[:_LINES], context.clock())
        return show_desk(
            "desk_decisions.html", status, rows=rows, names=names_of(store.devices.all()), lines=lines, more=more,
            durations=tuple(DURATIONS),
            problem=problem, why=why, against=visible_words(against[:400]), host=visible_words(host[:300]),
        )  # fmt: skip

    @desk.post("/decisions")
    def add_decision() -> Response:
        form = request.form
        kind, duration, host = _KINDS.get(form.get("kind", "")), form.get("for", ""), form.get("host", "")
        if kind is None or duration not in DURATIONS:
            return page(400, "choice", host=host)
        store = context.store()
        try:
            done_lines = decide(
                context.household(), kind, host.strip(), DURATIONS[duration], context.clock(), by=_by(context),
                state=context.state, store_for=lambda _: nullcontext(store),
            )  # fmt: skip
        except RefusedError as error:
            return page(409, "refused", error.why, error.against, host)
        logger.info("%s: %s", _by(context), "; ".join(done_lines))
        context.decided()
        return done("decisions", "decided")

    @desk.post("/decisions/end")
    def end_decision() -> Response:
        key, by = _number(request.form.get("decision", "")), _by(context)
        ended = None if key is None else context.store().decisions.end(key, by=by, at=context.clock())
        if ended is None:
            return page(409, "ended")
        logger.info("%s ended: %s", by, ended.summary)
        context.decided()
        return done("decisions", "ended")

    @desk.post("/decisions/line")
    def remove_line() -> Response:
        kind, key, by = _KINDS.get(request.form.get("kind", "")), request.form.get("line", ""), _by(context)
        name = host_link(key.removeprefix("=")[:300]).host
        removed = (
            remove_entries(context.state / f"{kind}list.txt", name, exact=key.startswith("="))
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


def _add_people(desk: Blueprint, context: DeskContext) -> None:
    @desk.get("/people", endpoint="people")
    def page(status: int = 200, problem: str = "", why: str = "", against: str = "") -> Response:
        store, now = context.store(), context.clock()
        return show_desk(
            "desk_people.html",
            status,
            people=store.devices.people(),
            devices=device_rows(store.visits.devices(now - _SEEN_SECONDS), store.devices.all()),
            here=client(),
            problem=problem,
            why=why,
            against=visible_words(against),
        )

    @desk.post("/people")
    def change_people() -> Response:
        if (gone := request.form.get("remove")) is not None:
            person = _number(gone)
            if person is None or not context.store().devices.remove_person(person):
                return page(409, "gone")
            return done("people", "saved")
        try:
            context.store().devices.add_person(request.form.get("name", ""), context.clock())
        except UnfitNameError as error:
            return page(409, "name", error.why, error.name)
        return done("people", "saved")

    @desk.post("/devices")
    def change_device() -> Response:
        form, store = request.form, context.store()
        try:
            address = str(ip_address(form.get("client", "")))
        except ValueError:
            return page(409, "gone")
        if form.get("forget"):
            store.devices.forget(address)
            return done("people", "saved")
        try:
            store.devices.name(
                address, form.get("name", ""), _number(form.get("person", "")), context.clock()
            )
        except UnfitNameError as error:
            return page(409, "name", error.why, error.name)
        return done("people", "saved")


def _add_look(desk: Blueprint, context: DeskContext) -> None:
    @desk.get("/look", endpoint="mark")
    def page(status: int = 200, problem: str = "", why: str = "") -> Response:
        mark = read_mark(context.state)
        return show_desk(
            "desk_look.html",
            status,
            phrase=mark.phrase,
            picture=base64.b64encode(mark.picture).decode(),
            longest=PHRASE_LENGTH,
            problem=problem,
            why=why,
        )

    @desk.post("/look")
    def change_look() -> Response:
        old, upload = read_mark(context.state), request.files.get("picture")
        try:
            if request.form.get("remove"):
                picture = b""
            elif upload and upload.filename:
                picture = fitted_picture(upload.read())
            else:
                picture = old.picture
            write_mark(context.state, FamilyMark(request.form.get("phrase", ""), picture))
        except UnfitMarkError as error:
            return page(409, "look", error.why)
        return done("look", "saved")


def _add_notify(desk: Blueprint, context: DeskContext) -> None:
    one_at_a_time = Lock()
    last = [float("-inf")]

    @desk.get("/notify", endpoint="notify")
    def page(status: int = 200, problem: str = "", outcomes: Sequence[tuple[str, str, str]] = ()) -> Response:
        settings, detail = context.settings, ""
        names = [target.name for target in targets_of(settings.notify.urls)]
        try:
            if keys_of(settings):
                names += [NTFY_NAME, REPLIES_NAME]
        except KeysError as error:
            problem, detail = "keys", str(error)
        return show_desk(
            "desk_notify.html",
            status,
            places=place_rows(names, context.store().sources.states()),
            outcomes=outcomes,
            problem=problem,
            detail=detail,
        )

    @desk.post("/notify")
    def send_test() -> Response:
        if not one_at_a_time.acquire(blocking=False):
            return page(429, "soon")
        try:
            now = context.clock()
            if 0 <= now - last[0] < _BETWEEN_TRIALS:
                return page(429, "soon")
            last[0] = now
            try:
                keys = keys_of(context.settings)
            except KeysError:
                return page(409)
            if not keys and not context.settings.notify.urls:
                return page(409, "nobody")
            logger.info("%s sends a test message", _by(context))
            return page(200, outcomes=context.try_all(context.settings, keys))
        finally:
            one_at_a_time.release()
