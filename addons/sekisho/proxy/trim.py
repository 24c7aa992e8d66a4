"""Trim: mitmproxy keeps every WebSocket and TCP message for its connection's life; this removes them."""

from mitmproxy import http, tcp


class Trim:
    """Keeps the last message only, which mitmproxy itself is still working on."""

    def websocket_message(self, flow: http.HTTPFlow) -> None:
        """A 100 MB game or video chat over a WebSocket would cost 100 MB."""
        if flow.websocket:
            del flow.websocket.messages[:-1]

    def tcp_message(self, flow: tcp.TCPFlow) -> None:
        """The same for raw streams."""
        del flow.messages[:-1]
