"""Portal: requests to `sekisho.internal`, and to the proxy's own port, answered inside the proxy.

A request for sekisho.internal through the proxy, or for the proxy's own address in a browser, gets the
pages of the portal. It is handed to the Flask app in a thread, as a WSGI server would do it; nothing of
it is sent upstream.
"""

import asyncio

from flask import Flask
from mitmproxy import http
from werkzeug.test import EnvironBuilder, run_wsgi_app

from sekisho.portal.page import Page
from sekisho.proxy.flows import answer_with, client_address, is_portal

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "upgrade", "content-length", "date"}
)
_READ_APART = frozenset({"host", "cookie"})


class Portal:
    """Serves the portal's app to requests that are for the proxy itself."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    async def request(self, flow: http.HTTPFlow) -> None:
        """Answer from the app; a raise leaves the flow to the Guard."""
        if flow.response or flow.error or not is_portal(flow):
            return
        answer_with(flow, await asyncio.to_thread(self._run, flow.request, client_address(flow.client_conn)))

    def _run(self, request: http.Request, client: str) -> Page:
        sent = [
            (name, value)
            for name, value in request.headers.items(multi=True)
            if name.lower() not in _READ_APART
        ]
        if cookies := request.headers.get_all("cookie"):  # HTTP/2 may send each by itself (RFC 9113 §8.2.3)
            sent.append(("Cookie", "; ".join(cookies)))
        builder = EnvironBuilder(
            path=request.path.partition("?")[0],
            query_string=request.path.partition("?")[2],
            base_url=f"{request.scheme}://{request.host_header or request.host}/",
            method=request.method,
            headers=sent,
            data=request.raw_content or b"",
            environ_base={"REMOTE_ADDR": client},
        )
        try:
            body, status, headers = run_wsgi_app(self.app, builder.get_environ(), buffered=True)
        finally:
            builder.close()
        kept = tuple((name, value) for name, value in headers.items() if name.lower() not in _HOP_BY_HOP)
        return Page(int(status.split()[0]), kept, b"".join(body))
