"""OpenSSL's words help no family: a failed handshake names the site, the device and what to do."""

import logging

import pytest
from mitmproxy import connection, tls
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context

from sekisho.proxy.tls_messages import TlsMessages, client_failure_line, server_failure_line

HOST, CLIENT = "rec0very.example", "192.168.1.7"


def test_hostile_names_do_not_steer_the_terminal() -> None:
    evil = "pay\u202epal\x1b[2J\n00:00:00 INFO forged"
    for line in (
        server_failure_line(evil, CLIENT, "connection closed"),
        client_failure_line(evil, CLIENT, "bad certificate"),
    ):
        assert not {"\u202e", "\x1b", "\n"} & set(line)


@pytest.mark.parametrize(
    ("error", "part"),
    [
        ("Certificate verify failed: certificate has expired", "has expired"),
        ("Certificate verify failed: certificate is not yet valid", "set the clock"),
        ("Certificate verify failed: hostname mismatch", "for another name"),
        ("Certificate verify failed: IP address mismatch", "for another name"),
        ("Certificate verify failed: self-signed certificate", "--upstream-ca FILE"),
        ("Certificate verify failed: unable to get local issuer certificate", "--upstream-ca FILE"),
        ("The remote server does not speak TLS.", "check the address"),
        ("The remote server and mitmproxy cannot agree on a TLS version to use. You may", "no longer safe"),
        ("connection closed", "try again later"),
        ("OpenSSL Error([('SSL routines', '', 'sslv3 alert handshake failure')])", "nothing to do here"),
    ],
)
def test_a_server_s_failure_names_host_meaning_and_remedy(error: str, part: str) -> None:
    line = server_failure_line("shop.example", CLIENT, error)
    assert line.startswith(f"shop.example was not opened for {CLIENT}: ")
    assert part in line
    assert "OpenSSL" not in line
    assert "mitmproxy" not in line


@pytest.mark.parametrize(
    ("error", "part"),
    [
        ("The client does not trust the proxy's certificate for a.example (x)", "http://sekisho.internal/"),
        ("The client may not trust the proxy's certificate for a.example (x)", "http://sekisho.internal/"),
        ("Client and mitmproxy cannot agree on a TLS version to use. You may", "update it"),
        ("Cannot parse ClientHello: 474554202f", "without the proxy"),
    ],
)
def test_a_device_s_failure_names_the_remedy(error: str, part: str) -> None:
    line = client_failure_line("a.example", CLIENT, error)
    assert line.startswith(f"a.example was not opened for {CLIENT}: ")
    assert part in line


def test_a_device_that_only_went_away_is_not_logged() -> None:
    assert client_failure_line("a.example", CLIENT, "connection closed early") == ""
    gone = (
        "The client disconnected during the handshake. If this happens consistently for a.example, this may"
    )
    assert client_failure_line("a.example", CLIENT, gone) == ""


def handshake(sni: str, error: str, *, server: bool = False) -> tls.TlsData:
    client = connection.Client(peername=(CLIENT, 50_000), sockname=("127.0.0.1", 8080))
    context = Context(client, Options())
    context.server = connection.Server(address=(sni, 443))
    conn: connection.Connection = context.server if server else client
    conn.sni, conn.error = sni, error
    return tls.TlsData(conn, context)


def record(message: str) -> logging.LogRecord:
    made = logging.LogRecord("mitmproxy.proxy.server", logging.WARNING, __file__, 1, message, (), None)
    made.client = (CLIENT, 50_000)
    return made


def test_the_same_failure_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    messages = TlsMessages(lambda: now[0])
    expired = "Certificate verify failed: certificate has expired"
    for at in (0.0, 1.0, 59.0, 61.0):
        now[0] = at
        messages.tls_failed_server(handshake("old.example", expired, server=True))
    messages.tls_failed_server(handshake("other.example", expired, server=True))
    messages.tls_failed_client(handshake("old.example", "unknown ca"))
    sentence = [line.partition(" ")[0] for line in caplog.messages]
    assert sentence == ["old.example", "old.example", "other.example", "old.example"]


def test_mitmproxy_s_own_words_are_dropped_and_nothing_else() -> None:
    messages = TlsMessages()
    assert not messages.keeps(record("Client TLS handshake failed. The client does not trust the proxy's x"))
    assert not messages.keeps(record("Server TLS handshake failed. Certificate verify failed: x"))
    assert messages.keeps(record("mitmproxy has crashed!"))


def test_a_refusal_after_the_handshake_still_names_the_host(caplog: pytest.LogCaptureFixture) -> None:
    """Firefox on Android refuses a certificate after the handshake, which mitmproxy logs without a host."""
    messages = TlsMessages()
    messages.tls_established_client(handshake("a.example", ""))
    assert not messages.keeps(record("TLS Error: [('SSL routines', '', 'ssl/tls alert bad certificate')]"))
    assert not messages.keeps(record("TLS Error: [('SSL routines', '', 'bad record type')]"))
    assert caplog.messages[0] == client_failure_line("a.example", CLIENT, "bad certificate")
    assert caplog.messages[1].startswith(f"an encrypted connection of {CLIENT} to a.example broke off")
