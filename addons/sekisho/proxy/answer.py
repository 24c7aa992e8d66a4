"""Answer: an Action of the engine → what mitmproxy must do with a flow.

A request that is not forwarded gets a page of sekisho in the place of the site's, or one line where nobody would see
a page.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from mitmproxy import http

from sekisho.engine.current import STORE_TIMEOUT, UnavailableError
from sekisho.engine.engine import Engine
from sekisho.link import find_link
from sekisho.policy.action import (
    Action,
    Forward,
    Hold,
    HoldReason,
    Interstitial,
    Refuse,
    RefuseReason,
)
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request
from sekisho.portal.family_mark import read_mark
from sekisho.portal.form_page import form_page
from sekisho.portal.page import Page, portal_root
from sekisho.portal.warning import (
    NO_MARK,
    could_not_check_page,
    plain_refusal,
    refused_page,
    warning_page,
)
from sekisho.proxy.flows import ACTION, answer_with, language_of, names_of, read_again, request_of
from sekisho.proxy.terminal import stopped_line
from sekisho.rulebook.model import Brand
from sekisho.verdict import Verdict, brand_shown

logger = logging.getLogger(__name__)

PREFETCH_PAGE = Page(503, (("Cache-Control", "no-store"),), b"")


async def obey(engine: Engine, flow: http.HTTPFlow, action: Action) -> None:
    """Let the flow go on, or answer it."""
    request = request_of(flow)
    match action:
        case Forward():
            before: Forward | None = flow.metadata.get(ACTION)
            cleared = action.cleared or (before is not None and before.cleared)
            flow.metadata[ACTION] = replace(action, cleared=cleared)
            if isinstance(action.replacement, http.Request):
                flow.request = action.replacement
                read_again(flow)
        case Interstitial():
            answer_with(flow, await _interstitial(engine, flow, request, action))
        case Hold():
            answer_with(flow, _held(engine, flow, request, action))
        case Refuse():
            answer_with(flow, refusal_page(flow, action))
        case _:
            answer_with(flow, undecided(flow))


def undecided(flow: http.HTTPFlow) -> Page:
    """The page where nothing could be judged. It must not need what may have failed: the request is not read here."""
    link, scheme = names_of(flow)[0], flow.request.scheme
    return could_not_check_page(link=link, language=language_of(flow), scheme=scheme)


def refusal_page(flow: http.HTTPFlow, action: Refuse) -> Page:
    """What stands for a refusal: one line, but where the person may want to know more."""
    if action.reason is RefuseReason.NOT_WEB:
        text = (
            f"sekisho carries web connections; port {action.link.port} is for a protocol that it cannot "
            "carry. Let the program connect without the proxy.\n"
        )
        return Page(501, (("Content-Type", "text/plain; charset=utf-8"),), text.encode())
    if action.reason is RefuseReason.HOME_NETWORK:
        return refused_page(link=action.link, language=language_of(flow))
    return PREFETCH_PAGE if action.reason is RefuseReason.PREFETCH else plain_refusal(action.link.host)


async def _interstitial(engine: Engine, flow: http.HTTPFlow, request: Request, action: Interstitial) -> Page:
    """The warning page, with a ticket for what comes after it."""
    verdict, link = action.verdict, action.link
    was_post = request.method not in ("GET", "HEAD") and not action.sent
    back, brand = _way_back(engine, request), _brand(engine, verdict)
    logger.info("%s", stopped_line(link.host, request.client, verdict, brand))
    ticket = engine.tickets.issue(
        link=link,
        url=action.url or request.url,
        client=request.client,
        level=verdict.level,
        verdict=verdict,
        was_post=was_post,
        now=engine.clock(),
        back=back,
    )
    return warning_page(
        link=link,
        verdict=verdict,
        brand=brand,
        language=language_of(flow),
        ticket=f"{portal_root(request.scheme)}/w/{ticket}",
        back=back,
        was_post=was_post,
        has_mark=await _in_time(lambda: read_mark(engine.settings.state) != NO_MARK),
    )


def _held(engine: Engine, flow: http.HTTPFlow, request: Request, action: Hold) -> Page:
    """The question about a form, with the way to its answer; a script gets one line."""
    form = engine.forms.find(action.id, request.client, engine.clock())
    if form is None or request.kind is not Kind.CLICK:
        return plain_refusal(request.link.host)
    root = f"{portal_root(request.scheme)}/f/{form.id}"
    too_long = action.reason is HoldReason.TOO_LONG and not action.earlier
    return form_page(
        form,
        brand=_brand(engine, form.verdict),
        language=language_of(flow),
        more=root,
        ask=f"{root}/ask",
        status=413 if too_long else 403,
    )


def _brand(engine: Engine, verdict: Verdict) -> Brand | None:
    """Whose real site the page offers."""
    try:
        return brand_shown(verdict, engine.current.rulebook().brands)
    except UnavailableError:
        return None


def _way_back(engine: Engine, request: Request) -> str:
    """The page that the click came from, where it is familiar."""
    link = find_link(request.referer)
    return request.referer if link and engine.is_familiar(link, request.client) else ""


async def _in_time(blocking: Callable[[], bool]) -> bool:
    """The result of a call that reads a file, in a thread; False where it takes too long."""
    try:
        async with asyncio.timeout(STORE_TIMEOUT):
            return await asyncio.to_thread(blocking)
    except TimeoutError:
        return False
