"""Messages: what passes between the proxy and the process that judges pages.

Each message is its length in four bytes, then so many bytes. Rules go to the process pickled, since both ends
are one program; what comes back is JSON, since a page may have taken the process over. Pure.
"""

import pickle
import struct
from typing import BinaryIO

from sekisho.rulebook.model import Rulebook

PROCESSOR_SECONDS = 0.150
"""Time of a processor that one page may take; honest ones take 3 ms, the slowest at hand 120."""
LENGTH = struct.Struct(">I")
START = b"S"
KILL = b"K"
ORDER = struct.Struct(">cI")
"""To the fork server: `START` (with the socket of the new process) or `KILL`, and the number of a process."""
ENDED = "ended"
"""Key of the last message of a forked process, which its fork server writes: the exit code, negative for a signal."""


def framed(*messages: bytes) -> bytes:
    """Messages as they are sent."""
    return b"".join(LENGTH.pack(len(message)) + message for message in messages)


def read_message(source: BinaryIO) -> bytes | None:
    """The next message, or None at the end."""
    length = source.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(length)
    message = source.read(size)
    return message if len(message) == size else None


def packed_rules(rulebook: Rulebook) -> bytes:
    """What of a Rulebook pages are judged by, for the first message."""
    return pickle.dumps(
        (dict(rulebook.brands), dict(rulebook.platforms), dict(rulebook.confusables), rulebook.page),
        protocol=pickle.HIGHEST_PROTOCOL,
    )


def unpacked_rules(packed: bytes) -> Rulebook:
    """The inverse; the bytes come from our own proxy and from nobody else."""
    brands, platforms, confusables, page = pickle.loads(packed)  # noqa: S301
    return Rulebook(brands=brands, platforms=platforms, confusables=confusables, page=page)
