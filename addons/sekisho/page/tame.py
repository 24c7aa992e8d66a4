"""Tame: page text that a parser can take in a time that grows with its length alone.

Lexbor needs time that grows with the square of the nesting and of the attributes in one tag (40,000 nested
`<div>`: 1.9 s). A page that may be so built is reduced, before it is parsed, to the tags that tell something
and cannot be nested much; the words stay. What hides from this estimate meets the worker's deadline. Pure.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from operator import sub

DEEPEST = 2500
"""Takes lexbor 8 ms. Honest pages stay below 100, their scripts may look deeper; browsers stop at 512."""
MOST_TAGS = 30_000
"""Opening tags of one page; the longest honest pages at hand have 12,000."""
LONGEST_TAG = 20_000
"""Characters of one tag from which its attributes are counted; a drawing or some data may be as long."""
MOST_ATTRIBUTES = 500
"""Of one tag. 5,000 take lexbor 60 ms."""

_BASE64 = ";base64,"
_DATA_HEAD = re.compile(r"data:[a-z0-9+.-]{1,40}/[a-z0-9+.-]{1,40}\Z", re.IGNORECASE)
_MOST_HEAD = 90
_DATA = re.compile(r"[A-Za-z0-9+/=\s%]{1000,}")
_VOID = "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|path|option|li|p|td|tr|th|dd|dt"
_TAG = re.compile(rf"<(?!(?:{_VOID})[\s/>])(/?)([a-zA-Z][a-zA-Z0-9:-]{{0,20}})")
_KEPT = (
    "html|head|body|title|meta|link|base|script|style|form|input|select|textarea|button|label|img|iframe|a|"
    "h1|h2|h3|noscript"
)
_DROPPED = re.compile(rf"</?(?!(?:{_KEPT})[\s/>])[a-zA-Z][^<>]*>?", re.IGNORECASE)
_FLAT = re.compile(r"</?(?:form|button|label|a|h1|h2|h3|noscript|iframe|select)\b", re.IGNORECASE)
_LONG_TAG = re.compile(rf"(<[a-zA-Z][a-zA-Z0-9:-]{{0,20}})([^<>]{{{LONGEST_TAG},}})(>?)")
_QUOTED = re.compile(r"""(?<==)(?:"[^"]*"|'[^']*')""")
_ATTRIBUTE = re.compile(
    r"""\s[^\s=<>"']{1,60}(?:\s*=\s*(?:"[^"]{0,2000}"|'[^']{0,2000}'|[^\s"'<>]{1,2000}))?"""
)


def tame(text: str) -> tuple[str, bool]:
    """The text as it can be parsed, and whether it was reduced."""
    if _BASE64 in text:
        text = _without_data(text)
    if not _is_wild(text):
        return text, False
    text = _LONG_TAG.sub(_with_fewer_attributes, text)
    text = _DROPPED.sub(" ", text)
    if deepest(text) > DEEPEST:  # what tells was nested too
        text = _FLAT.sub("<br ", text)
    return text, True


def _without_data(text: str) -> str:
    """The text without what stands in its longer ``data:`` addresses."""
    kept: list[str] = []
    done, at = 0, text.find(_BASE64)
    while at >= 0:
        start = at + len(_BASE64)
        if _DATA_HEAD.search(text[max(done, at - _MOST_HEAD) : at]) and (data := _DATA.match(text, start)):
            kept.append(text[done:start])
            done = start = data.end()
        at = text.find(_BASE64, start)
    return "".join((*kept, text[done:]))


def _is_wild(text: str) -> bool:
    if any(_attributes(tag[2]) > MOST_ATTRIBUTES for tag in _long_tags(text)):
        return True
    many = text.count("<")
    # Counting is much faster than looking at the tags; what does not close opens at most.
    if many > 2 * MOST_TAGS:
        return True
    return many > DEEPEST and many - text.count("</") > DEEPEST and deepest(text) > DEEPEST


def _long_tags(text: str) -> Iterator[re.Match[str]]:
    """The tags longer than `LONGEST_TAG`. Leaps from one "<" to the last that may be in reach."""
    at = text.find("<")
    while 0 <= at < len(text) - LONGEST_TAG:
        behind = text.rfind("<", at + 1, at + LONGEST_TAG + 2)
        if behind < 0:
            if tag := _LONG_TAG.match(text, at):
                yield tag
            behind = text.find("<", at + 1)
        at = behind


def _attributes(tag: str) -> int:
    """About how many attributes a tag has: its words outside of quotes."""
    return len(_QUOTED.sub("", tag).split())


def deepest(text: str) -> int:
    """At most how many elements stand inside each other: for each name the most that are open, added up."""
    found: dict[str, list[int]] = {}
    for closing, name in _TAG.findall(text):
        found.setdefault(name.lower(), []).append(-1 if closing else 1)
    return sum(_most_open(steps) for steps in found.values())


def _most_open(steps: Iterable[int]) -> int:
    """The greatest rise of the running sum above its lowest point before."""
    sums = list(accumulate(steps, initial=0))
    rises: list[int] = list(map(sub, sums, accumulate(sums, min)))
    return max(rises)


def _with_fewer_attributes(tag: re.Match[str]) -> str:
    kept = []
    for number, attribute in enumerate(_ATTRIBUTE.finditer(tag[2])):
        if number >= MOST_ATTRIBUTES:
            break
        kept.append(attribute[0])
    return f"{tag[1]}{''.join(kept)}>"
