"""Terminal: what a running proxy prints, one line for each event, with what to do about it.

Three parts. `stopped_line` is the line of a stopped click. `TlsMessages` is an addon that replaces mitmproxy's
messages about failed TLS handshakes, which hold OpenSSL's words and often no host, by one line with the host, the
device, what it means and the remedy; the same line comes once a minute at most. `Terminal` is the handler of all log
records; it knows when it last printed one, so that the addresses of the proxy can be printed last at the start.

Nothing is decided here. Hosts and names are hostile text: they pass `visible.visible` or `visible.visible_words`. No
line holds a path.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TextIO

from cachetools import TTLCache
from mitmproxy.tls import TlsData

from sekisho.portal.page import PORTAL_HOST, visible, visible_words
from sekisho.proxy.flows import client_address
from sekisho.rulebook.model import Brand
from sekisho.verdict import Reason, Verdict

logger = logging.getLogger(__name__)

REPEAT = 60.0
"""Seconds in which the same failure of the same host and device is logged once."""
_MOST_FAILURES = 1_024
"""Failures that are remembered for `REPEAT`, and connections whose host is."""
_LONGEST_REASON = 160
"""Characters of the finding in a line."""
QUIET = 0.3
"""Seconds without a record after which the start is over."""
LONGEST_START = 2.0
"""Seconds for which the addresses wait for that at most."""


def stopped_line(host: str, client: str, verdict: Verdict, brand: Brand | None) -> str:
    """``stopped rec0very.example for 192.168.1.7: imitates Microsoft``.

    `host` as it was judged, `client` the address of the device, `brand` the one that the warning page names. Where
    the name imitates nobody, the finding says in its own sentence why.
    """
    found = verdict.decisive
    if found is None:
        why = "no reason was kept"
    elif found.reason is Reason.LOOKALIKE and brand is not None:
        why = f"imitates {brand.name}"
    else:
        why = found.detail
    return f"stopped {visible(host)} for {visible(client) or 'a device'}: {_short(why)}"


def _short(text: str) -> str:
    return visible_words(text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…")


_DISTRUST = ("unknown ca", "bad certificate", "certificate unknown", "may not trust", "does not trust")
"""What mitmproxy 12.2.3 (proxy/layers/tls.py) writes where a client refuses our certificate."""
_SERVER_FAILURES = (
    (
        "certificate has expired",
        "its certificate has expired; only the site can renew it (or the clock of this computer is wrong)",
    ),
    ("not yet valid", "its certificate is not valid yet; set the clock of this computer"),
    ("mismatch", "its certificate is for another name; nothing to do here, and nothing to type there"),
    (
        "Certificate verify failed",
        "nobody knows the authority of its certificate; nothing to do here (your own site: --upstream-ca FILE)",
    ),
    ("does not speak TLS", "it does not speak TLS; check the address and its port"),
    (
        "cannot agree on a TLS version",
        "it speaks only TLS versions that are no longer safe; only the site can change that",
    ),
    ("connection closed", "it closed the connection during the handshake; try again later"),
)
"""Part of mitmproxy's words → what it means and what to do; the first that fits counts."""


def server_failure_line(host: str, client: str, error: str) -> str:
    """No TLS with a server. `error` in mitmproxy's words."""
    unknown = "no encrypted connection could be made; nothing to do here unless it is so with every site"
    meaning = next((meaning for part, meaning in _SERVER_FAILURES if part in error), unknown)
    return f"{visible(host)} was not opened for {visible(client)}: {meaning}"


def client_failure_line(host: str, client: str, error: str) -> str:
    """No TLS with a device; empty where it only went away. `error` in mitmproxy's words."""
    if "disconnected during the handshake" in error or error == "connection closed early":
        return ""
    if any(part in error for part in _DISTRUST):
        meaning = (
            "the device does not trust the certificate of this proxy; "
            f"install it there: http://{PORTAL_HOST}/ (an app that brings its own certificates never will)"
        )
    elif "cannot agree on a TLS version" in error:
        meaning = "the device speaks only TLS versions that are no longer safe; update it"
    else:
        meaning = "the device sent something else than TLS; let that program connect without the proxy"
    return f"{visible(host)} was not opened for {visible(client)}: {meaning}"


class TlsMessages:
    """An addon that logs failed TLS handshakes; `keeps` is the filter that drops mitmproxy's own records of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._logged: TTLCache[str, bool] = TTLCache(_MOST_FAILURES, REPEAT, clock)
        self._hosts: TTLCache[object, str] = TTLCache(_MOST_FAILURES, REPEAT, clock)

    def tls_established_client(self, data: TlsData) -> None:
        """Remember the host: a device that refuses the certificate after the handshake is logged without it."""
        self._hosts[data.context.client.peername] = _host_of(data)

    def tls_failed_client(self, data: TlsData) -> None:
        """A device ended the handshake, or mitmproxy did."""
        self._log(
            client_failure_line(_host_of(data), client_address(data.context.client), data.conn.error or "")
        )

    def tls_failed_server(self, data: TlsData) -> None:
        """A server's certificate was refused, or there was no handshake."""
        self._log(
            server_failure_line(_host_of(data), client_address(data.context.client), data.conn.error or "")
        )

    def keeps(self, record: logging.LogRecord) -> bool:
        """Whether a record of ``mitmproxy.proxy.server`` is printed as it is."""
        message = record.getMessage()
        if message.startswith("TLS Error: "):
            peer = getattr(record, "client", None)
            host, client = self._hosts.get(peer, "a site"), peer[0] if peer else "a device"
            refused = any(part in message for part in _DISTRUST)
            self._log(
                client_failure_line(host, client, message)
                if refused
                else f"an encrypted connection of {visible(client)} to {visible(host)} broke off; "
                "nothing to do unless it happens again and again"
            )
            return False
        return not message.startswith(("Client TLS handshake failed.", "Server TLS handshake failed."))

    def _log(self, line: str) -> None:
        if line and line not in self._logged:
            self._logged[line] = True
            logger.warning("%s", line)


def _host_of(data: TlsData) -> str:
    server = data.context.server.address
    return data.conn.sni or (server[0] if server else "") or "a site"


class Terminal(logging.StreamHandler[TextIO]):
    """Prints log records to standard error, and knows when it last did."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._clock = clock
        self._last = clock()

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        super().emit(record)
        self._last = self._clock()

    async def settled(self) -> None:
        """Wait for the messages of the start, where a person reads them; at once where a program does."""
        if not self.stream.isatty():
            return
        end = self._clock() + LONGEST_START
        while (left := min(self._last + QUIET, end) - self._clock()) > 0:  # noqa: ASYNC110  # any thread logs
            await asyncio.sleep(left)


def log_to_terminal() -> Terminal:
    """Print our records from INFO on, those of libraries from WARNING on."""
    terminal = Terminal()
    logging.basicConfig(
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(message)s",
        datefmt="%H:%M:%S",
        handlers=[terminal],
    )
    logging.getLogger("sekisho").setLevel(logging.INFO)
    return terminal


def log_tls_failures() -> TlsMessages:
    """The addon, with its filter in place."""
    messages = TlsMessages()
    logging.getLogger("mitmproxy.proxy.server").addFilter(messages.keeps)
    return messages
