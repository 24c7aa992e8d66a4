"""``python -m sekisho.page.sandbox.fork_server``: reads the rules once, and forks the processes that judge pages.

A new process costs milliseconds instead of a start of Python, and shares the memory of rules and code with the
others. It judges pages by `serve.answer_pages` on a socket that the proxy made for it.

    in      once: the rules, as `serve` takes them
    out     once: an empty message, when ready
    orders  on the socket whose descriptor is the only argument (`messages.ORDER`): start a process on the socket
            that comes with the order; kill one. At its end this process ends.

On its socket each process is announced by its number in four bytes, and when it ends, how it ended: that is
written here, since a page can end the process in the middle of a word.

One thread only, so that a fork finds nothing locked. Not on Windows, which cannot fork.
"""

import gc
import json
import os
import signal
import socket
import sys
import traceback
from contextlib import suppress
from types import FrameType

from sekisho.page.index import PageIndex
from sekisho.page.sandbox.messages import ENDED, KILL, LENGTH, ORDER, START, framed, read_message
from sekisho.page.sandbox.serve import answer_pages, confine, warmed


def main() -> int:
    """Serve until the proxy closes the socket of orders."""
    confine()
    rules = read_message(sys.stdin.buffer)
    if rules is None:
        return 0
    index = warmed(rules)
    gc.collect()
    gc.freeze()  # so that no child's collector writes to what all share
    sys.stdout.buffer.write(framed(b""))
    sys.stdout.flush()
    for pipe in (0, 1):  # a child that held them open would keep the proxy waiting for their end
        os.dup2(os.open(os.devnull, os.O_RDWR), pipe)
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        _Processes(orders, index).serve()
    return 0


class _Processes:
    """Those that were forked and have not ended."""

    def __init__(self, orders: socket.socket, index: PageIndex) -> None:
        self._orders = orders
        self._index = index
        self._sockets: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Carry out orders until they end."""
        signal.signal(signal.SIGCHLD, self._reap)
        while True:
            order, descriptors, _, _ = socket.recv_fds(self._orders, ORDER.size, 1)
            if len(order) < ORDER.size:
                return
            what, number = ORDER.unpack(order)
            if what == START and descriptors:
                self._fork(socket.socket(fileno=descriptors[0]))
            elif what == KILL and number in self._sockets:
                os.kill(number, signal.SIGKILL)

    def _fork(self, connection: socket.socket) -> None:
        # A process may end before its number is known here.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        number = os.fork()
        if not number:
            self._become_reader(connection)
        self._sockets[number] = connection
        with suppress(OSError):  # the proxy closed it already
            connection.sendall(LENGTH.pack(number))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})

    def _become_reader(self, connection: socket.socket) -> None:
        """The child: reads pages, and never returns."""
        code = 1
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            self._orders.close()
            for other in self._sockets.values():
                other.close()
            with connection.makefile("rb") as source, connection.makefile("wb") as out:
                answer_pages(source, out, self._index)
            code = 0
        except (BrokenPipeError, ConnectionResetError):
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _reap(self, _signal: int, _frame: FrameType | None) -> None:
        with suppress(ChildProcessError):
            while True:
                number, status = os.waitpid(-1, os.WNOHANG)
                if not number:
                    return
                connection = self._sockets.pop(number, None)
                if connection is not None:
                    with connection, suppress(OSError):
                        connection.setblocking(False)
                        last = json.dumps({ENDED: os.waitstatus_to_exitcode(status)})
                        connection.sendall(framed(last.encode()))


if __name__ == "__main__":
    sys.exit(main())
