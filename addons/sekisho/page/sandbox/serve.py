"""``python -m sekisho.page.sandbox.serve``: judge pages in a process of its own, until standard input ends.

A page may be made to keep a parser busy for minutes, to fill the memory, or to strike a mistake in its C code.
So pages are parsed here, where the proxy can end it all at a deadline, with little memory and no right to write
a file. Messages are framed: a length of four bytes, then so many bytes.

    in    once: the rules, pickled by the proxy      then for each page: JSON of host and content type; the body
    out   once: an empty message, when ready         then for each page: JSON of `Examined`

Nothing of the answer is trusted beyond JSON: a page that took this process over could say what it likes.
Where the system can fork, `fork_server` reads the rules once and `answer_pages` runs in its children.
"""

import json
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from sekisho.link import host_link
from sekisho.page.examine import examine
from sekisho.page.index import PageIndex
from sekisho.page.sandbox.messages import PROCESSOR_SECONDS, framed, read_message, unpacked_rules

_MOST_MEMORY = 1 << 30
"""Bytes of address space; the process itself takes a quarter of it."""
_WARMING = b"<title>Example</title><form><input type=password></form>"
"""Judged before the first page, which would else wait for what Python does only once."""


def main() -> int:
    """Serve until the proxy closes the pipe."""
    confine()
    return serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: BinaryIO, out: BinaryIO) -> int:
    """Answer the messages of `source` on `out`; 0 at its end."""
    rules = read_message(source)
    if rules is None:
        return 0
    index = warmed(rules)
    _answer(out, b"")
    answer_pages(source, out, index)
    return 0


def warmed(rules: bytes) -> PageIndex:
    """What pages are judged by, of the proxy's first message; one page is judged already."""
    index = PageIndex(unpacked_rules(rules))
    examine(_WARMING, "", host_link("example.org"), index)
    return index


def answer_pages(source: BinaryIO, out: BinaryIO, index: PageIndex) -> None:
    """Answer the pages of `source` on `out` until it ends."""
    while (head := read_message(source)) is not None:
        body = read_message(source)
        if body is None:
            break
        asked: dict[str, Any] = json.loads(head)
        link = host_link(asked["host"])
        _allow(PROCESSOR_SECONDS)
        try:
            examined = examine(body, asked["content_type"], link, index)
        finally:
            _allow(0)
        _answer(out, json.dumps(examined.as_dict()).encode())


def _answer(out: BinaryIO, message: bytes) -> None:
    out.write(framed(message))
    out.flush()


def _allow(seconds: float) -> None:
    """End this process once it worked for so long on a page; what waits for a busy machine is not its fault."""
    if hasattr(signal, "setitimer"):  # not on Windows
        signal.setitimer(signal.ITIMER_PROF, seconds)


def confine() -> None:
    """Little memory, no files, no core dump; where the system has no such limits, the deadline must do.

    Ctrl-C in a terminal is for the proxy, which then closes the pipe.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ImportError, ValueError, OSError):
        import resource

        for limit, most in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_AS, _MOST_MEMORY),
        ):
            resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    sys.exit(main())
