"""Post: runs `send` and returns what became of each message. Async; the process is killed at its deadline.

Addresses go to the process by a pipe, never as arguments, which every user of the computer can list.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from sekisho.notify.messages import Message

POST_SECONDS = 60.0
"""For everything that one process sends: three messages to a service that hangs."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of the messages to one address."""

    count: int
    """How many were taken, from the first on."""
    state: str
    """``ok``, or what stopped them: ``refused``, ``unreachable``, ``too slow``, ``not understood``, ``failed``."""
    message: str
    """The same in a sentence with the remedy; nothing secret is in it."""


_SENTENCES = {
    "ok": "the last message was taken",
    "refused": "it refused the message: check the address and the password in it",
    "unreachable": "it could not be reached: check the address, and the internet",
    "too slow": "it did not answer in time",
    "not understood": "apprise does not know such an address: look at its page on this service",
    "failed": "it did not take the message: check the address",
}


async def post(
    jobs: Sequence[tuple[SecretStr, Sequence[Message]]], *, seconds: float = POST_SECONDS
) -> list[Sent]:
    """Send to each address its messages, in order; what came of each, in the order of the jobs. Never raises
    for what goes wrong outside of this program.
    """
    order = {
        "jobs": [
            {"url": url.get_secret_value(), "messages": [[m.title, m.body, m.urgent] for m in messages]}
            for url, messages in jobs
        ]
    }
    taken = [0] * len(jobs)
    stopped: dict[int, tuple[str, int]] = {}
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "sekisho.notify.send",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
        )
    except OSError as error:
        return [Sent(0, "failed", f"no process could be started ({error.strerror})") for _ in jobs]
    try:
        async with asyncio.timeout(seconds):
            await _talk(process, json.dumps(order).encode(), taken, stopped)
    except TimeoutError:
        for number, (_, messages) in enumerate(jobs):
            if number not in stopped and taken[number] < len(messages):
                stopped[number] = ("too slow", 0)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return [
        _sent(taken[number], *stopped.get(number, ("ok" if taken[number] == len(messages) else "failed", 0)))
        for number, (_, messages) in enumerate(jobs)
    ]


async def _talk(
    process: asyncio.subprocess.Process, order: bytes, taken: list[int], stopped: dict[int, tuple[str, int]]
) -> None:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process was started without pipes")
    with contextlib.suppress(ConnectionError):
        process.stdin.write(order)
        await process.stdin.drain()
        process.stdin.close()
    async for line in process.stdout:
        try:
            outcome = json.loads(line)
        except ValueError:  # it was killed in the middle of a line
            return
        if outcome["state"] == "ok":
            taken[outcome["job"]] += 1
        else:
            stopped[outcome["job"]] = (outcome["state"], outcome["code"])


def _sent(count: int, state: str, code: int) -> Sent:
    message = _SENTENCES.get(state, _SENTENCES["failed"])
    return Sent(count, state, f"{message} (HTTP {code})" if code else message)


def _environment() -> dict[str, str]:
    """Ours without proxies: messages must not go through this very proxy."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
