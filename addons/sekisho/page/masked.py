"""Masked: which fields a page masks as it stands, told by its text alone. Pure.

Scripts name their fields as they like; what a page masks (``<input type=password>``) is a password whatever it is
called. Read by regular expressions, since this is asked of every answer, also of those that are not judged.
"""

import re

# Without IGNORECASE, under which the search would not leap to "<".
_INPUT = re.compile(r"<[iI][nN][pP][uU][tT]\b([^<>]{0,2000})>")
_ATTRIBUTE = (
    r"(?:^|[\s\"'/]){}\s{{0,9}}=\s{{0,9}}(?:\"([^\"]{{1,200}})\"|'([^']{{1,200}})'|([^\s\"'>]{{1,200}}))"
)
_TYPE = re.compile(_ATTRIBUTE.format("type"), re.IGNORECASE)
_NAME = re.compile(_ATTRIBUTE.format("name"), re.IGNORECASE)
_MOST_NAMES = 50


def password_fields(html: str) -> frozenset[str]:
    """Names of the fields that a page masks; a few at most, and only what stands in its text."""
    names: set[str] = set()
    for tag in _INPUT.finditer(html):
        kind, name = _TYPE.search(tag[1]), _NAME.search(tag[1])
        if kind and name and _first(kind).lower() == "password":
            names.add(_first(name))
            if len(names) >= _MOST_NAMES:
                break
    return frozenset(names)


def _first(found: "re.Match[str]") -> str:
    return next(group for group in found.groups() if group)
