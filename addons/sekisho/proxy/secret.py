"""Secret: what is about to be sent to an unfamiliar host is read first, and held where a secret is in it.

Click has judged the host; here the request itself is looked through before a byte goes up: query, body,
and each message of a WebSocket. A form that a person sent is answered with the form page and kept; after
a yes the browser comes back to the same address, and its GET is replaced by the kept request, once. What
a page's program sent gets 403, and the page that the person opens next tells it.

Left alone: familiar hosts, hosts that the family allowed, the home's own devices, and hosts for which this
device answered yes. The addon decides nothing: `page.secrets` says what is a secret and what is held. A
raise leaves the flow uncleared, and the Guard answers it.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence

from mitmproxy import http

from sekisho.engine.answers import Answers
from sekisho.engine.approvals import APPROVED, CLEARED
from sekisho.engine.engine import Engine, UnavailableError
from sekisho.engine.held_forms import HeldForm, Why
from sekisho.forms import secrets as looking
from sekisho.forms.bodies import Field, read_body, read_query, unpacked
from sekisho.link import host_link
from sekisho.policy.navigation import Kind
from sekisho.portal.form_page import form_page
from sekisho.portal.page import portal_root
from sekisho.portal.warning import plain_refusal
from sekisho.proxy.click import is_long
from sekisho.proxy.flows import answer_with, client_address, language_of, names_of
from sekisho.proxy.spool import LONGEST_BODY, TOO_LONG
from sekisho.rulebook.model import Brand
from sekisho.verdict import Secret as Sought
from sekisho.verdict import Verdict

logger = logging.getLogger(__name__)

_READ_AT_ONCE = 16 * 1024
"""Bytes that are read on the loop; more in a thread."""
_MOST_HOSTS = 500
_MOST_NAMES = 50


class Secret:
    """Looks through what goes up to hosts that are not familiar."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.answers = Answers(engine)
        self._masked: OrderedDict[str, frozenset[str]] = OrderedDict()
        """Host → names of fields that its pages mask."""

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Let what need not be read stream; refuse at once what says that it is too long to be read."""
        if not _is_open(flow):
            return
        request = flow.request
        if self._is_free(flow):
            if not self._is_awaited(flow):
                self._clear(flow)
        elif request.method not in ("GET", "HEAD", "OPTIONS") and is_long(request.headers):
            if await self._is_released(flow):
                self._clear(flow)
            elif int(_decimal(request.headers.get("content-length", ""))) > LONGEST_BODY:
                self._stop(flow, (), Why.TOO_LONG)

    async def request(self, flow: http.HTTPFlow) -> None:
        """Clear the request, replace it by what may now be sent, or answer it."""
        if not _is_open(flow) or CLEARED in flow.metadata:
            return
        request, engine = flow.request, self.engine
        kind, verdict = flow.metadata[APPROVED]
        client, now = client_address(flow.client_conn), engine.clock()
        if flow.metadata.get(TOO_LONG):
            self._stop(flow, (), Why.TOO_LONG)
            return
        if kind is Kind.CLICK and request.method == "GET":
            if (kept := self._returned(request, client, now)) is not None:
                flow.request = kept
                flow.metadata[CLEARED] = True
                return
            if self._is_free(flow):
                self._clear(flow)
                return
            if (told := engine.forms.notice(names_of(flow)[0].host, client, now)) is not None:
                self._tell(flow, told)
                return
        found = await self._find(flow, kind)
        if found:
            known_for = await self.answers.known_for(names_of(flow))
            held = looking.held_of(
                found, level=verdict.level, plain_http=request.scheme != "https", known_for=known_for
            )
            if held and not await self._is_released(flow):
                is_new = known_for is None or known_for < looking.NEW_FOR
                self._stop(flow, held, Why.FORM if kind is Kind.CLICK else Why.SCRIPT, is_new=is_new)
                return
        flow.metadata[CLEARED] = True

    async def websocket_message(self, flow: http.HTTPFlow) -> None:
        """Drop a message with a secret in it; the page's program hears nothing of that."""
        if flow.websocket is None or not flow.websocket.messages:
            return
        message = flow.websocket.messages[-1]
        if not message.from_client or APPROVED not in flow.metadata or self._is_free(flow):
            return
        message.drop()  # until it was looked through: a raise must not let it pass
        verdict: Verdict = flow.metadata[APPROVED][1]
        found = await self._secrets_of(flow, [], message.content, "", "")
        if found:
            links = names_of(flow)
            known_for = await self.answers.known_for(links)
            held = looking.held_of(
                found, level=verdict.level, plain_http=flow.request.scheme != "https", known_for=known_for
            )
            if held and not await self._is_released(flow):
                self._hold(flow, held, Why.SCRIPT)
                return
        message.dropped = False

    def response(self, flow: http.HTTPFlow) -> None:
        """Remember which fields a page masks; programs name them as they like."""
        response = flow.response
        if response is None or APPROVED not in flow.metadata or flow.metadata[APPROVED][1].familiar:
            return
        if "html" not in response.headers.get("content-type", "").lower() or not response.raw_content:
            return
        html = unpacked(response.raw_content, response.headers.get("content-encoding", ""))
        self.note_masked(flow.request.pretty_host, looking.password_fields(html.decode("utf-8", "replace")))

    def note_masked(self, host: str, names: frozenset[str]) -> None:
        """A page of this host masks fields of these names."""
        if not names:
            return
        host = host_link(host).domain
        known = self._masked.pop(host, frozenset()) | names
        self._masked[host] = frozenset(sorted(known)[:_MOST_NAMES])
        if len(self._masked) > _MOST_HOSTS:
            self._masked.popitem(last=False)

    def _is_free(self, flow: http.HTTPFlow) -> bool:
        return self.engine.leaves_alone(flow.metadata[APPROVED][1], names_of(flow))

    async def _is_released(self, flow: http.HTTPFlow) -> bool:
        return await self.answers.is_released(names_of(flow), client_address(flow.client_conn))

    def _clear(self, flow: http.HTTPFlow) -> None:
        flow.metadata[CLEARED] = True
        flow.request.stream = is_long(flow.request.headers)

    def _is_awaited(self, flow: http.HTTPFlow) -> bool:
        """The family allowed the host after a form to it was held: the browser may be coming back for that form."""
        kind, client = flow.metadata[APPROVED][0], client_address(flow.client_conn)
        host = names_of(flow)[0].host
        is_click = kind is Kind.CLICK and flow.request.method == "GET"
        return is_click and self.engine.forms.is_ready(host, client, self.engine.clock())

    def _returned(self, request: http.Request, client: str, now: float) -> http.Request | None:
        # The browser comes from the portal. A page of the site that calls its own address does not.
        if request.headers.get("sec-fetch-site", "cross-site").strip().lower() != "cross-site":
            return None
        kept: http.Request | None = self.engine.forms.take(
            request.pretty_url, client, request.headers.get("user-agent", ""), now
        )
        return kept

    async def _find(self, flow: http.HTTPFlow, kind: Kind) -> tuple[Sought, ...]:
        request = flow.request
        site = request.headers.get("sec-fetch-site", "").strip().lower()
        followed = kind is Kind.CLICK and request.method == "GET" and site in ("none", "cross-site")
        query = read_query(request.path.partition("?")[2])
        return await self._secrets_of(
            flow,
            query,
            request.raw_content or b"",
            request.headers.get("content-type", ""),
            request.headers.get("content-encoding", ""),
            typed=not followed,
        )

    async def _secrets_of(
        self,
        flow: http.HTTPFlow,
        query: Sequence[Field],
        body: bytes,
        content_type: str,
        coding: str,
        *,
        typed: bool = True,
    ) -> tuple[Sought, ...]:
        masked = self._masked.get(host_link(flow.request.pretty_host).domain, frozenset())

        def look() -> tuple[Sought, ...]:
            fields = [*query, *(read_body(body, content_type, coding) if body else ())]
            return looking.find_secrets(fields, password_names=masked, typed=typed)

        if not query and not body:
            return ()
        return look() if len(body) <= _READ_AT_ONCE else await asyncio.to_thread(look)

    def _stop(self, flow: http.HTTPFlow, held: tuple[Sought, ...], why: Why, *, is_new: bool = False) -> None:
        kind: Kind = flow.metadata[APPROVED][0]
        form = self._hold(flow, held, why, is_new=is_new)
        if kind is Kind.CLICK:
            if why is not Why.FORM:
                self.engine.forms.notice(
                    form.link.host, form.client, self.engine.clock()
                )  # told here and now
            self._tell(flow, form, status=413 if why is Why.TOO_LONG else 403)
        else:
            answer_with(flow, plain_refusal(form.link.host))

    def _hold(
        self, flow: http.HTTPFlow, held: tuple[Sought, ...], why: Why, *, is_new: bool = False
    ) -> HeldForm:
        request, link = flow.request, names_of(flow)[0]
        content = request.copy() if why is Why.FORM else None
        logger.info("something to %s was held: %s", link.host, ", ".join(held) or why)
        return self.engine.forms.hold(
            link=link,
            url=request.pretty_url if why is Why.FORM else _page_of(request),
            client=client_address(flow.client_conn),
            verdict=flow.metadata[APPROVED][1],
            found=held,
            why=why,
            now=self.engine.clock(),
            content=content,
            size=_size(content) if content else 0,
            agent=request.headers.get("user-agent", ""),
            new_here=is_new,
        )

    def _tell(self, flow: http.HTTPFlow, form: HeldForm, *, status: int = 403) -> None:
        language = language_of(flow)
        page = form_page(
            form,
            brand=self._brand(form.verdict),
            language=language,
            more=f"{portal_root(flow.request.scheme)}/f/{form.id}",
            ask=f"{portal_root(flow.request.scheme)}/f/{form.id}/ask",
            status=status,
        )
        answer_with(flow, page)

    def _brand(self, verdict: Verdict) -> Brand | None:
        slug = next((found.brand for found in verdict.evidence if found.brand), None)
        try:
            return self.engine.rulebook().brands.get(slug) if slug else None
        except UnavailableError:
            return None


def _is_open(flow: http.HTTPFlow) -> bool:
    return flow.response is None and flow.error is None and APPROVED in flow.metadata


def _page_of(request: http.Request) -> str:
    """The page on which a program ran, where it says so, else the front page of its host."""
    front = request.pretty_url.removesuffix(request.path) + "/"
    scheme = "https" if request.scheme in ("https", "wss") else "http"
    front = f"{scheme}://{front.partition('://')[2]}"
    referer: str = request.headers.get("referer", "")
    return referer if referer.startswith(front) else front


def _decimal(text: str) -> str:
    return text if text.isdecimal() and len(text) < 19 else "0"


def _size(request: http.Request) -> int:
    headers = sum(len(name) + len(value) for name, value in request.headers.fields)
    return len(request.raw_content or b"") + headers + len(request.path)
