import asyncio
import datetime
import email.utils
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sekisho.providers.virustotal.client import Client, Quota, Reply
from sekisho.providers.virustotal.states import State

from ..virustotal_server import Step, VirusTotalServer


def run[T](
    server: VirusTotalServer,
    act: Callable[[Client], Awaitable[T]],
    *,
    key: str = "",
    host: str = "",
    seconds: float = 5.0,
) -> T:
    """What `act` gives with a client that is closed afterwards."""

    async def together() -> T:
        client = Client(key or server.key, host or server.base, timeout=seconds)
        try:
            return await act(client)
        finally:
            await client.close()

    return asyncio.run(together())


def ask(server: VirusTotalServer, step: str | Step, **options: Any) -> Reply:
    server.behave("a.example", step)
    return run(server, lambda client: client.domain("a.example"), **options)


def test_a_report_comes_back(server: VirusTotalServer) -> None:
    reply = ask(server, "bad")
    assert reply.state is State.OK
    assert reply.report is not None
    assert (reply.report.domain, reply.report.malicious) == ("a.example", 3)
    assert reply.report.engines == ("Fortinet", "Kaspersky", "Sophos")


def test_only_the_domain_and_the_key_are_sent(server: VirusTotalServer) -> None:
    """Promise: no full URL leaves the household."""
    ask(server, "clean")
    (asked,) = server.requests
    assert (asked.path, asked.key) == ("/api/v3/domains/a.example", server.key)
    assert asked.agent.startswith("sekisho ")


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("clean", State.OK),
        ("unknown", State.NOT_FOUND),
        ("quota", State.QUOTA),
        ("wrong key", State.WRONG_KEY),
        ("forbidden", State.WRONG_KEY),
        ("inactive", State.WRONG_KEY),
        ("bad request", State.NOT_ASKED),
        ("outage", State.SERVER_ERROR),
        ("html", State.SERVER_ERROR),
        ("garbage", State.UNREADABLE),
        ("deep", State.UNREADABLE),
        ("endless", State.UNREADABLE),
        ("other domain", State.UNREADABLE),
        ("foreign 404", State.UNREADABLE),
        ("truncated", State.UNREACHABLE),
        ("reset", State.UNREACHABLE),
        (Step("clean", attributes={"id": "x", "type": "y", "last_analysis_stats": 5}), State.OK),
    ],
)
def test_each_way_to_answer_has_its_state(server: VirusTotalServer, step: str | Step, state: State) -> None:
    assert ask(server, step).state is state


@pytest.mark.slow
@pytest.mark.parametrize("step", ["drip", "silence", Step("clean", seconds=9)])
def test_a_server_that_takes_too_long_is_left(server: VirusTotalServer, step: str | Step) -> None:
    """One byte now and then must not hold a look-up for ever."""
    assert ask(server, step, seconds=0.3).state is State.TOO_SLOW


def test_a_connection_that_is_refused_is_told(server: VirusTotalServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        host = f"http://127.0.0.1:{closed.getsockname()[1]}"
    assert ask(server, "clean", host=host).state is State.UNREACHABLE


def test_a_name_that_is_not_found_is_told(server: VirusTotalServer) -> None:
    """A home whose line is down reads what to look at."""

    async def act(client: Client) -> Reply:
        async def fails(*_: object, **__: object) -> list[Any]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        asyncio.get_running_loop().getaddrinfo = fails  # type: ignore[method-assign]
        return await client.domain("a.example")

    reply = run(server, act, host="https://virustotal.test")
    assert reply.state is State.UNREACHABLE
    assert "name is not found" in reply.sentence


def test_a_certificate_that_nobody_trusts_is_told(server: VirusTotalServer, tmp_path: Path) -> None:
    """The key must not go to whoever stands in between."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + day).sign(
        key, hashes.SHA256()
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "own.pem").write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own.pem")
    got: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as tls:
                    got.append(tls.recv(1))
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        reply = ask(server, "clean", host=f"https://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()
    assert reply.state is State.UNREACHABLE
    assert "certificate is not trusted" in reply.sentence
    assert b"".join(got) == b""


def test_a_redirect_does_not_take_the_key_elsewhere(server: VirusTotalServer) -> None:
    with VirusTotalServer() as other:
        other.behave("a.example", "clean")
        there = f"{other.base}/api/v3/domains/a.example"
        assert ask(server, Step("redirect", location=there)).state is State.UNREADABLE
        assert other.requests == []


@pytest.mark.parametrize("name", ["192.0.2.1", "localhost", "../users/me", "a.example/comments"])
def test_what_is_no_domain_is_refused_before_a_byte_is_sent(server: VirusTotalServer, name: str) -> None:
    with pytest.raises(ValueError, match="no registrable domain"):
        run(server, lambda client: client.domain(name))
    assert server.requests == []


@pytest.mark.parametrize(
    ("header", "seconds"), [("17", 17), ("nonsense", None), ("-5", None), (None, None), ("1e9", None)]
)
def test_the_servers_wish_to_wait_is_read(
    server: VirusTotalServer, header: str | None, seconds: float | None
) -> None:
    assert ask(server, Step("quota", retry_after=header)).retry_after == seconds


def test_the_servers_wish_to_wait_may_be_a_date(server: VirusTotalServer) -> None:
    date = email.utils.format_datetime(
        datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=90), usegmt=True
    )
    seconds = ask(server, Step("quota", retry_after=date)).retry_after
    assert seconds is not None
    assert 80 < seconds <= 90


def test_an_account_that_is_not_active_is_told_apart_from_a_wrong_key(server: VirusTotalServer) -> None:
    assert "follow the link" in ask(server, "inactive").sentence
    assert ask(server, "wrong key").sentence == ""


def test_no_sentence_holds_the_key(server: VirusTotalServer) -> None:
    for step in ("wrong key", "reset", "garbage", "quota", "outage"):
        assert server.key not in repr(ask(server, step))
    assert server.key not in repr(run(server, lambda client: client.quota(), host="http://127.0.0.1:1"))


def test_a_session_is_used_again_and_can_be_closed_twice(server: VirusTotalServer) -> None:
    async def act(client: Client) -> list[State]:
        states = [(await client.domain(f"{name}.example")).state for name in "abc"]
        await client.close()
        await client.close()
        return [*states, (await client.domain("d.example")).state]

    assert run(server, act) == [State.NOT_FOUND] * 4


def test_a_key_is_checked_without_a_look_up(server: VirusTotalServer) -> None:
    reply, quota = run(server, lambda client: client.quota())
    assert (reply.state, quota) == (State.OK, Quota(3, 500))
    assert [asked.path for asked in server.requests] == [f"/api/v3/users/{server.key}/overall_quotas"]
    reply, quota = run(server, lambda client: client.quota(), key="another")
    assert (reply.state, quota) == (State.WRONG_KEY, None)


def test_a_quota_in_another_shape_still_means_a_good_key(server: VirusTotalServer) -> None:
    server.behave("quotas", "clean")  # a domain object in place of quotas
    reply, quota = run(server, lambda client: client.quota())
    assert (reply.state, quota) == (State.OK, None)
