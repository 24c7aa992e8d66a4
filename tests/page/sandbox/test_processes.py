"""What a process that judges pages may do, the proxy must survive and be told."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sekisho.link import Link
from sekisho.page.sandbox.messages import ORDER, packed_rules
from sekisho.page.sandbox.processes import ForkServer, GoneError, PageProcess, spawned
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Level

pytestmark = pytest.mark.slow

FAKE = b"<title>Sign in - PayPal</title><form><input name=user><input type=password></form>"
SLOW = b"<a " + b" ".join(b"a%d='<'" % number for number in range(180_000)) + b">" + FAKE


def with_server(rulebook: Rulebook, story: Callable[[ForkServer], Awaitable[None]]) -> None:
    async def whole() -> None:
        server = await ForkServer.start(packed_rules(rulebook))
        try:
            await story(server)
        finally:
            await server.end()

    asyncio.run(whole())


def gone(number: int) -> bool:
    """Whether no such process is left, or only its memory of it."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until_gone(*numbers: int) -> None:
    end = time.monotonic() + 10
    while not all(map(gone, numbers)):
        assert time.monotonic() < end, "it lives on"
        time.sleep(0.01)


def test_a_process_is_forked_and_judges_many_pages(rulebook: Rulebook, unfamiliar: Link) -> None:
    async def story(server: ForkServer) -> None:
        process = await server.fork()
        for _ in range(3):
            assert (await process.judge(FAKE, "text/html", unfamiliar)).level is Level.WARN
            assert (await process.judge(b"<p>hello", "text/html", unfamiliar)).level is Level.PASS
        assert process.alive
        await process.end()
        until_gone(process.number)

    with_server(rulebook, story)


def test_a_page_that_takes_too_long_is_told_from_one_that_ends_the_process(
    rulebook: Rulebook, unfamiliar: Link
) -> None:
    async def story(server: ForkServer) -> None:
        process = await server.fork()
        with pytest.raises(GoneError) as sentence:
            await process.judge(SLOW, "", unfamiliar)
        assert sentence.value.late
        await process.end()

        process = await server.fork()
        os.kill(process.number, signal.SIGSEGV)
        with pytest.raises(GoneError) as sentence:
            await process.judge(FAKE, "", unfamiliar)
        assert not sentence.value.late
        assert str(sentence.value) == f"it ended with {-signal.SIGSEGV}"
        await process.end()

    with_server(rulebook, story)


def test_a_process_that_is_stopped_or_stubborn_is_killed(rulebook: Rulebook, unfamiliar: Link) -> None:
    """As one that a page took over, and that heeds neither its limit nor its end."""

    async def story(server: ForkServer) -> None:
        process = await server.fork()
        os.kill(process.number, signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await process.judge(FAKE, "", unfamiliar)
        await process.end()
        until_gone(process.number)
        following = await server.fork()
        assert (await following.judge(FAKE, "", unfamiliar)).level is Level.WARN
        await following.end()

    with_server(rulebook, story)


def test_a_server_that_dies_behind_a_fork_is_not_waited_for(rulebook: Rulebook) -> None:
    """Its child holds the socket open and is never announced: pages would go unread for the whole start time."""

    async def story() -> None:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1)
        ours, theirs = socket.socketpair()
        server = ForkServer(packed_rules(rulebook), process, ours)
        forking = asyncio.create_task(server.fork())
        with theirs:
            _, (child,), _, _ = await asyncio.to_thread(socket.recv_fds, theirs, ORDER.size, 1)
        process.kill()
        with pytest.raises(GoneError, match="the fork server ended"):
            async with asyncio.timeout(5):
                await forking
        os.close(child)
        await server.end()

    asyncio.run(story())


def test_only_children_are_killed(rulebook: Rulebook) -> None:
    async def story(server: ForkServer) -> None:
        stranger = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1)
        server.kill(stranger.pid)
        process = await server.fork()  # orders are carried out one after the other
        assert stranger.returncode is None
        assert not gone(stranger.pid)
        stranger.kill()
        await stranger.wait()
        await process.end()

    with_server(rulebook, story)


def test_children_share_the_memory_of_the_rules(rulebook: Rulebook, unfamiliar: Link) -> None:
    def private(number: int) -> int:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))

    async def story(server: ForkServer) -> None:
        processes = [await server.fork() for _ in range(2)]
        for process in processes:
            for _ in range(20):
                await process.judge(FAKE, "", unfamiliar)
        assert max(private(process.number) for process in processes) < 16 * 1024  # KiB
        for process in processes:
            await process.end()

    with_server(rulebook, story)


@pytest.mark.parametrize("forks", [True, False], ids=["forked", "spawned"])
def test_a_proxy_that_is_killed_leaves_nobody_behind(rulebook: Rulebook, forks: bool) -> None:
    script = f"""
import asyncio, sys
from sekisho.page.sandbox.worker import PageWorkers
from sekisho.rulebook.load import load_rulebook

async def main():
    workers = PageWorkers(load_rulebook(), count=1, forks={forks})
    await workers.start()
    (process,) = workers._processes
    print(process.number, workers._server._process.pid if workers._server else process.number, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""

    async def story() -> None:
        proxy = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=-1)
        assert proxy.stdout
        numbers = [int(number) for number in (await proxy.stdout.readline()).split()]
        proxy.kill()
        await proxy.wait()
        until_gone(*numbers)

    asyncio.run(story())


async def _answering(text: bytes, unfamiliar: Link) -> None:
    ours, theirs = socket.socketpair()
    process = PageProcess(b"", 0, *await asyncio.open_connection(sock=ours))
    with theirs:
        theirs.sendall(text)
        try:
            await process.judge(FAKE, "", unfamiliar)
        finally:
            await process.end()


@pytest.mark.parametrize(
    "said",
    [
        b"\0\0\0\2[]",
        b"\0\0\0\2{}",
        b"\0\0\0\4null",
        b"\0\0\0\1\xff",
        b"\xff\xff\xff\xffmuch",
        b'\0\0\0\x0f{"evidence": 3 }',
    ],
)
def test_what_none_of_ours_would_say_is_no_answer(said: bytes, unfamiliar: Link) -> None:
    with pytest.raises(GoneError):
        asyncio.run(_answering(said, unfamiliar))


def test_a_process_that_cannot_be_ready_says_so() -> None:
    with pytest.raises(GoneError):
        asyncio.run(spawned(b"no rules"))
    with pytest.raises(GoneError):
        asyncio.run(ForkServer.start(b"no rules"))
