"""Refusal: a page of ours in the place of the site's, and what is kept of that.

Click refuses what must not be asked for, Page what must not be shown; both in these words.
"""

from mitmproxy import http

from sekisho.engine.engine import Engine
from sekisho.link import Link, LinkError, parse_link
from sekisho.policy.navigation import Kind
from sekisho.portal.page import portal_root
from sekisho.portal.warning import plain_refusal, warning_page
from sekisho.proxy.flows import answer_with, client_address, language_of
from sekisho.verdict import Verdict


async def refuse(
    engine: Engine,
    flow: http.HTTPFlow,
    kind: Kind,
    link: Link,
    verdict: Verdict,
    client: str,
    *,
    sent: bool = False,
    url: str = "",
) -> None:
    """Answer a click with the warning page and a ticket, anything else in one line, and note the visit.

    `sent`: the request went up already, and it is the answer that is not shown. `url`: what is asked about, where
    it is not what this request asks for.
    """
    request = flow.request
    if kind is Kind.CLICK:
        was_post = request.method not in ("GET", "HEAD") and not sent
        back = _way_back(engine, flow) or ""
        ticket = engine.tickets.issue(
            link=link,
            url=url or request.pretty_url,
            client=client,
            level=verdict.level,
            verdict=verdict,
            was_post=was_post,
            now=engine.clock(),
            back=back,
        )
        found = verdict.decisive
        page = warning_page(
            link=link,
            verdict=verdict,
            brand=engine.rulebook().brands.get(found.brand or "") if found else None,
            language=language_of(flow),
            ticket=f"{portal_root(request.scheme)}/w/{ticket}",
            back=back,
            was_post=was_post,
            has_look=await engine.has_look(),
        )
    else:
        page = plain_refusal(link.host)
    answer_with(flow, page)
    engine.visited(link, verdict, client, is_click=kind is Kind.CLICK)


def _way_back(engine: Engine, flow: http.HTTPFlow) -> str | None:
    """The page that the click came from, where it is familiar."""
    referer: str = flow.request.headers.get("referer", "")
    try:
        link = parse_link(referer) if referer.startswith(("http://", "https://")) else None
    except LinkError:
        return None
    if link and engine.judge(link, client_address(flow.client_conn), is_click=True).familiar:
        return referer
    return None
