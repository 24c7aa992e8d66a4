"""The fork server as the proxy drives it: rules, orders, and what it tells of its children."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from sekisho.page.sandbox.messages import (
    ENDED,
    KILL,
    LENGTH,
    ORDER,
    START,
    framed,
    packed_rules,
    read_message,
)
from sekisho.rulebook.model import Rulebook

pytestmark = pytest.mark.slow

PAGE = (b'{"host": "qz7-hvkw.example", "content_type": ""}', b"<title>PayPal</title><input type=password>")


@pytest.fixture
def server(rulebook: Rulebook) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    """One that is ready, and our end of its socket of orders."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "sekisho.page.sandbox.fork_server", str(theirs.fileno())],
            pass_fds=[theirs.fileno()], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        theirs.close()
        with process:
            assert process.stdin
            assert process.stdout
            process.stdin.write(framed(packed_rules(rulebook)))
            process.stdin.flush()
            assert process.stdout.read(LENGTH.size) == framed(b"")
            yield process, ours
            process.kill()


def fork(orders: socket.socket) -> tuple[int, socket.socket]:
    ours, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(orders, [ORDER.pack(START, 0)], [theirs.fileno()])
    (number,) = LENGTH.unpack(ours.recv(LENGTH.size))
    return number, ours


def test_it_ends_by_itself_when_the_orders_end_and_its_children_with_their_sockets(
    server: tuple[subprocess.Popen[bytes], socket.socket],
) -> None:
    process, orders = server
    _, connection = fork(orders)
    orders.close()
    assert process.wait(10) == 0
    with connection, connection.makefile("rb") as source:
        connection.sendall(framed(*PAGE))  # what was begun is ended
        assert json.loads(read_message(source) or b"")["evidence"]


def test_how_a_child_ended_is_told_on_its_socket(
    server: tuple[subprocess.Popen[bytes], socket.socket],
) -> None:
    _, orders = server
    number, connection = fork(orders)
    other, second = fork(orders)
    with connection, second, connection.makefile("rb") as source, second.makefile("rb") as another:
        orders.send(ORDER.pack(KILL, number))
        assert json.loads(read_message(source) or b"") == {ENDED: -signal.SIGKILL}
        assert source.read() == b""
        second.sendall(framed(b"no JSON", b""))
        assert json.loads(read_message(another) or b"") == {ENDED: 1}
    assert number != other != os.getpid()


def test_orders_that_mean_nothing_are_passed_over(
    server: tuple[subprocess.Popen[bytes], socket.socket],
) -> None:
    process, orders = server
    orders.send(ORDER.pack(b"?", 1) + ORDER.pack(START, 0) + ORDER.pack(KILL, process.pid))
    _, connection = fork(orders)
    with connection, connection.makefile("rb") as source:
        connection.sendall(framed(*PAGE))
        assert json.loads(read_message(source) or b"")["evidence"]


def test_without_rules_there_is_nothing_to_serve() -> None:
    command = [sys.executable, "-m", "sekisho.page.sandbox.fork_server", "0"]
    assert subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0
