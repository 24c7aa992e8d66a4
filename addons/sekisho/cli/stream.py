"""Stream: lines of URLs in, answers out, however many there are and however slowly they come.

Input is read as bytes, as much as is there at once, so that a pipe that trickles is answered line by
line and a file of a million hosts in large pieces; nothing is held but one piece. Bytes that are no
UTF-8 become ``\\ufffd``, and a line that never ends is cut. The JSON is put together from ready parts:
`json.dumps` of one answer would take as long as judging it.
"""

from collections.abc import Callable, Iterable, Iterator
from json.encoder import encode_basestring_ascii as quoted
from typing import BinaryIO

from sekisho.link import Link, LinkError, parse_link
from sekisho.policy.checks import Policy
from sekisho.verdict import Evidence, Level, Verdict

PIECE = 1 << 16
"""Bytes read at once, and the longest line; browsers stop far below."""

Judge = Callable[[str, float], tuple[Link, Verdict] | str]
"""(line, now) → the link and its verdict, or why there is none."""
_PARTS = {
    (level, familiar): f'"level": "{level.word}", "familiar": {"true" if familiar else "false"}, "reasons": '
    for level in Level
    for familiar in (False, True)
}


def read_lines(source: BinaryIO) -> Iterator[list[str]]:
    """The lines of a byte stream without their ends, in batches: what arrived together comes together."""
    read = getattr(source, "read1", source.read)  # read1 gives what is there and does not wait for more
    rest = b""
    cut = False
    while piece := read(PIECE):
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        if cut and lines:
            del lines[0]  # the end of a line whose beginning was answered
            cut = False
        if len(rest) >= PIECE:
            if not cut:
                lines.append(rest)
            cut = True
            rest = b""
        if lines:
            yield [_text(line) for line in lines]
    if rest and not cut:
        yield [_text(rest)]


def _text(line: bytes) -> str:
    return line.removesuffix(b"\r").decode(errors="replace")


def judge_text(policy: Policy, text: str, now: float) -> tuple[Link, Verdict] | str:
    """The link and its verdict, or why there is none."""
    if len(text) >= PIECE:
        return "longer than any address that a browser opens"
    try:
        link = parse_link(text)
    except LinkError as error:
        return str(error)
    return link, policy.judge(link, now=now)


def answer_line(text: str, judged: tuple[Link, Verdict] | str, more: str = "") -> str:
    """One JSON object with its newline, ASCII only.

    more: members that are to stand behind a link's others, each after a comma.
    """
    if isinstance(judged, str):
        return (
            f'{{"url": {quoted(text)}, "host": null, "level": null, "familiar": false, "reasons": [], '
            f'"error": {quoted(judged)}}}\n'
        )
    link, verdict = judged
    reasons = ", ".join([_reason(item) for item in verdict.evidence])
    parts = _PARTS[verdict.level, verdict.familiar]
    return f'{{"url": {quoted(text)}, "host": {quoted(link.host)}, {parts}[{reasons}]{more}}}\n'


def _reason(item: Evidence) -> str:
    """`Evidence.as_dict` as JSON; a third of the links have a finding, most of them the one of a familiar site."""
    brand = quoted(item.brand) if item.brand is not None else "null"
    found = f'"detail": {quoted(item.detail)}, "source": {quoted(item.source)}'
    return f'{{"reason": {quoted(item.reason)}, "brand": {brand}, {found}}}'


def answer_batches(
    judge: Judge,
    batches: Iterable[list[str]],
    out: BinaryIO,
    clock: Callable[[], float],
    more: Callable[[Link, float], str] | None = None,
) -> tuple[Level | None, int]:
    """Answer each batch and flush. Returns the most severe level and the number of lines without one.

    more: further members of the object of a link, from the link and the time.
    """
    worst: Level | None = None
    unread = 0
    for batch in batches:
        now = clock()
        answers = []
        for text in batch:
            judged = judge(text, now)
            if isinstance(judged, str):
                unread += 1
            elif worst is None or judged[1].level > worst:
                worst = judged[1].level
            members = more(judged[0], now) if more and not isinstance(judged, str) else ""
            answers.append(answer_line(text, judged, members))
        out.write("".join(answers).encode("ascii"))
        out.flush()
    return worst, unread
