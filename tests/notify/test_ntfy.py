import asyncio
import time

import pytest
from pydantic import SecretStr

from sekisho.notify.ntfy import Ntfy, NtfyError, Received

from .ntfy_server import NtfyServer

MESSAGE = {"topic": "t", "title": "a", "message": "b", "priority": 4}


async def publish(server: NtfyServer, token: str = "") -> None:
    async with Ntfy(server.base, SecretStr(token)) as ntfy:
        await ntfy.publish(MESSAGE)


async def receive(
    server: NtfyServer, count: int, *, since: int = 0, silence: float = 5.0
) -> list[Received | None]:
    got: list[Received | None] = []
    async with Ntfy(server.base, SecretStr(server.token), silence=silence) as ntfy:
        async for received in ntfy.receive("r", since):
            got.append(received)
            if len(got) == count:
                return got
    return got


def test_a_message_arrives_with_its_token() -> None:
    with NtfyServer(token="tk_1") as server:
        asyncio.run(publish(server, "tk_1"))
        assert server.wait_for("t")["message"] == "b"
        with pytest.raises(NtfyError, match=r"ntfy\.token") as caught:
            asyncio.run(publish(server, "tk_hidden"))
    assert caught.value.state == "wrong token"
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "state"), [(429, "too many"), (500, "server error"), (404, "refused"), (302, "refused")]
)
def test_each_refusal_has_its_word(status: int, state: str) -> None:
    with NtfyServer() as server:
        server.status = status
        for work in (publish(server), receive(server, 1)):
            with pytest.raises(NtfyError) as caught:
                asyncio.run(work)
            assert (caught.value.state, str(status) in str(caught.value)) == (state, True)


def test_nobody_there_is_unreachable() -> None:
    with NtfyServer() as server:
        pass
    for work in (publish(server), receive(server, 1)):
        with pytest.raises(NtfyError) as caught:
            asyncio.run(work)
        assert caught.value.state == "unreachable"


def test_what_was_said_while_nobody_listened_is_heard() -> None:
    """The child answers while the internet at home is away."""
    with NtfyServer(token="tk_1") as server:
        server.post("r", "missed")
        server.post("other", "not ours")
        opened, received = asyncio.run(receive(server, 2, since=int(time.time()) - 60))
    assert opened is None
    assert received
    assert (received.topic, received.text) == ("r", "missed")
    assert received.at > 1e9


def test_keepalives_hold_a_subscription_and_silence_ends_it() -> None:
    with NtfyServer(keepalive=0.02) as server:
        assert asyncio.run(receive(server, 4)) == [None] * 4
    with NtfyServer() as server, pytest.raises(NtfyError) as caught:
        asyncio.run(receive(server, 2, silence=0.2))
    assert caught.value.state == "too slow"


def test_what_is_no_ntfy_server_is_told() -> None:
    with NtfyServer() as server:
        server.garbage = True
        with pytest.raises(NtfyError) as caught:
            asyncio.run(receive(server, 1))
    assert caught.value.state == "unreadable"


def test_a_server_that_stops_ends_the_subscription() -> None:
    async def run() -> None:
        with NtfyServer(keepalive=0.05) as server:
            async with Ntfy(server.base, SecretStr("")) as ntfy:
                async for _ in ntfy.receive("r", 0):
                    await asyncio.to_thread(server.stop)

    with pytest.raises(NtfyError) as caught:
        asyncio.run(run())
    assert caught.value.state in {"cut off", "unreachable"}
