"""Visible: hostile text as it may be shown: no character of it hides, moves or controls another one. Pure.

A host, a path, a device's name and a brand's name are text from elsewhere. Whatever shows one (a page, a message, a
terminal) takes it through one of these two functions first, and escapes the result for its own format.
"""

import unicodedata

LONGEST = 300
"""Characters of one word that are shown: a DNS name has at most 253."""


def visible(text: str) -> str:
    """The text with each character that hides, moves or controls others replaced by ``�``, one for one.

    Offsets stay true. Control, format (bidi, zero width), surrogate, private and unassigned characters
    and all spaces go; letters and marks stay. At most 300 characters, the last then ``…``.
    """
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    if text.isascii() and text.isprintable() and " " not in text:
        return text
    return "".join("\ufffd" if unicodedata.category(c)[0] in "CZ" else c for c in text)


def visible_words(text: str, longest: int | None = None) -> str:
    """The same for text of several words, such as a brand's name: on one line, single spaces stay.

    At most `longest` characters, the last then ``…``; None is as many as there are.
    """
    line = " ".join(text.split())
    if longest is not None and len(line) > longest:
        line = f"{line[: longest - 1]}…"
    return " ".join(visible(word) for word in line.split(" "))
