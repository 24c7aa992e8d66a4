"""A hostile page must cost its own visitor a deadline, and nobody else anything."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from sekisho.link import Link, host_link
from sekisho.page.sandbox.worker import PageWorkers
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Level, PageSign

pytestmark = pytest.mark.slow

FAKE = b"<title>Sign in - PayPal</title><form><input name=user><input type=password></form>"
OTHER = host_link("pq4-wxzt.example")
HOSTILE = FAKE + b"<a " + b" ".join(b"a%d='<'" % number for number in range(60_000)) + b">"


WAYS = pytest.mark.parametrize("forks", [True, False], ids=["forked", "spawned"])


def run(rulebook: Rulebook, story: Callable[[PageWorkers], Awaitable[None]], **settings: float) -> None:
    async def whole() -> None:
        workers = PageWorkers(rulebook, **settings)  # type: ignore[arg-type]
        await workers.start()
        try:
            await story(workers)
        finally:
            await workers.close()

    asyncio.run(whole())


@WAYS
def test_pages_are_judged_in_another_process(rulebook: Rulebook, unfamiliar: Link, forks: bool) -> None:
    async def story(workers: PageWorkers) -> None:
        judged = await asyncio.gather(*(workers.judge_page(FAKE, "text/html", unfamiliar) for _ in range(6)))
        assert {examined.level for examined in judged} == {Level.WARN}
        assert {examined.evidence[0].brand for examined in judged} == {"paypal"}
        assert workers.outcomes["judged"] == 6

    run(rulebook, story, deadline=5, forks=forks)


def test_a_page_beyond_the_deadline_is_unchecked_and_the_next_one_is_judged(
    rulebook: Rulebook, unfamiliar: Link
) -> None:
    async def story(workers: PageWorkers) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        late = await workers.judge_page(HOSTILE * 3, "text/html", unfamiliar)
        assert loop.time() - began < 2
        assert late.level is Level.CAUTION
        assert late.evidence[0].signs[0][0] is PageSign.UNCHECKED
        workers.deadline = 5
        assert (await workers.judge_page(FAKE, "", OTHER)).level is Level.WARN
        # A site that did so costs no second process for a while, and its pages are not held to be clean.
        there = set(workers._processes)
        assert (await workers.judge_page(FAKE, "", unfamiliar)).level is Level.CAUTION
        assert workers.outcomes == {"late": 1, "judged": 1, "resting": 1}
        assert there <= workers._processes

    run(rulebook, story, deadline=0.15, patience=10)


def test_the_processor_is_counted_and_not_the_clock(rulebook: Rulebook, unfamiliar: Link) -> None:
    """On a busy machine a page must not go unread because others are at work."""

    async def story(workers: PageWorkers) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        late = await workers.judge_page(HOSTILE * 3, "text/html", unfamiliar)
        assert late.evidence[0].signs[0][0] is PageSign.UNCHECKED
        assert loop.time() - began < 10
        assert workers.outcomes == {"late": 1}

    run(rulebook, story, deadline=30, patience=10)


@WAYS
def test_processes_that_die_are_replaced(rulebook: Rulebook, unfamiliar: Link, forks: bool) -> None:
    async def story(workers: PageWorkers) -> None:
        for _ in range(3):
            for process in tuple(workers._processes):
                os.kill(process.number, signal.SIGKILL)
                await asyncio.wait((process._next,))
            assert (await workers.judge_page(FAKE, "", unfamiliar)).level is Level.WARN
        assert workers.outcomes == {"judged": 3}

    run(rulebook, story, deadline=5, patience=10, forks=forks)


def test_a_fork_server_that_dies_is_replaced(rulebook: Rulebook, unfamiliar: Link) -> None:
    async def story(workers: PageWorkers) -> None:
        first = workers._server
        assert first
        os.kill(first._process.pid, signal.SIGKILL)
        await first._process.wait()
        while any(process.alive for process in workers._processes):
            for process in tuple(workers._processes):
                os.kill(process.number, signal.SIGKILL)
            await asyncio.sleep(0.01)
        assert (await workers.judge_page(FAKE, "", unfamiliar)).level is Level.WARN
        assert workers._server is not first

    run(rulebook, story, deadline=5, patience=10)


def test_a_site_is_read_again_at_once_where_nobody_waits(rulebook: Rulebook, unfamiliar: Link) -> None:
    """`sekisho check --pages` reads thousands of files as if they came from one host."""

    async def story(workers: PageWorkers) -> None:
        assert (await workers.judge_page(HOSTILE * 3, "", unfamiliar)).level is Level.CAUTION
        assert (await workers.judge_page(FAKE, "", unfamiliar)).level is Level.WARN
        assert workers.outcomes == {"late": 1, "judged": 1}

    run(rulebook, story, deadline=30, patience=10, rest=0)


@WAYS
def test_newer_rules_are_used_at_once(rulebook: Rulebook, unfamiliar: Link, forks: bool) -> None:
    async def story(workers: PageWorkers) -> None:
        assert (await workers.judge_page(FAKE, "", unfamiliar)).level is Level.WARN
        await workers.renew(replace(rulebook, brands={}))
        assert (await workers.judge_page(FAKE, "", unfamiliar)).level is Level.PASS

    run(rulebook, story, deadline=5, patience=10, forks=forks)


def test_nobody_waits_for_ever(rulebook: Rulebook, unfamiliar: Link) -> None:
    async def story() -> None:
        workers = PageWorkers(rulebook, patience=0.05)  # not started
        examined = await workers.judge_page(FAKE, "", unfamiliar)
        assert examined.level is Level.CAUTION
        await workers.close()

    asyncio.run(story())
